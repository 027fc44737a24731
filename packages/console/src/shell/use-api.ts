import type { AnswerOf, Endpoint } from '@qianmian/contract';
import {
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useToast } from '../ui/toast.tsx';
import { ApiProblem, type Call, call, type WorkspaceCall } from './api.ts';
import { useFaultWords, useProblemWords } from './problem-words.ts';
import { useWorkspaceId } from './session.tsx';

/** Puts the workspace of the address into a call. */
export function inside<E extends Endpoint>(workspace: string, given: WorkspaceCall<E>): Call<E> {
  return { ...given, params: { workspace, ...given.params } } as unknown as Call<E>;
}

function keyOf<E extends Endpoint>(endpoint: E, given: Call<E>): readonly unknown[] {
  return [endpoint.path, endpoint.method, given];
}

/** Marks every answer of these endpoints as out of date; what is on screen is asked for again. */
export async function refresh(client: QueryClient, endpoints: readonly Endpoint[]): Promise<void> {
  await Promise.all(
    endpoints.map((endpoint) => client.invalidateQueries({ queryKey: [endpoint.path, endpoint.method] })),
  );
}

interface ApiOptions {
  enabled?: boolean;
  /** Ask again every so many milliseconds. */
  everyMs?: number | false;
  /** Keep showing the answer before while another is on its way (changed filters). */
  keep?: boolean;
  staleMs?: number;
}

/** What an endpoint answers, for reading; the workspace is filled in: `useApi(api.getOverview, { query: { days: 30 } })`. */
export function useApi<E extends Endpoint>(endpoint: E, given: WorkspaceCall<E>, options: ApiOptions = {}) {
  const full = inside<E>(useWorkspaceId(), given);
  return useQuery({
    queryKey: keyOf(endpoint, full),
    queryFn: ({ signal }) => call(endpoint, full, { signal }),
    enabled: options.enabled,
    refetchInterval: options.everyMs,
    staleTime: options.staleMs,
    placeholderData: options.keep ? keepPreviousData : undefined,
  });
}

type RowOf<E> = AnswerOf<E> extends { rows: (infer Row)[] } ? Row : never;

/** A list that comes in pages, as one growing list; give `more` and `total` straight to a `DataTable`. */
export function useApiPages<E extends Endpoint>(
  endpoint: E,
  given: WorkspaceCall<E>,
  options: ApiOptions = {},
) {
  const full = inside<E>(useWorkspaceId(), given);
  const query = useInfiniteQuery({
    queryKey: keyOf(endpoint, full),
    queryFn: ({ pageParam, signal }) => {
      const parts = full as { query?: object };
      return call(
        endpoint,
        { ...full, query: { ...parts.query, cursor: pageParam ?? undefined } },
        { signal },
      );
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page as { nextCursor: string | null }).nextCursor,
    enabled: options.enabled,
    refetchInterval: options.everyMs,
    placeholderData: options.keep ? keepPreviousData : undefined,
  });
  const pages = query.data?.pages as { rows: RowOf<E>[]; total: number | null }[] | undefined;
  const rows = useMemo(() => pages?.flatMap((page) => page.rows), [pages]);
  return {
    /** Undefined until the first page is there. */
    data: rows,
    rows: rows ?? [],
    total: pages?.[0]?.total ?? null,
    error: query.error,
    refetch: query.refetch,
    loading: query.isPending || query.isPlaceholderData,
    more: {
      has: query.hasNextPage,
      loading: query.isFetchingNextPage,
      load: () => void query.fetchNextPage(),
    },
  };
}

interface ActionOptions<E> {
  /** Whose answers are out of date afterwards. */
  refreshes?: readonly Endpoint[];
  /** Said in a toast when it is done. */
  done?: string;
  onDone?: (answer: AnswerOf<E>) => void;
  /** Deals with a refusal itself; true where nothing more is to be said. */
  onRefused?: (problem: ApiProblem) => boolean;
}

/**
 * Something that changes something: `const save = useAction(api.updateWorkspace, { refreshes: [api.getSession] })`, then
 * `save.run({ body })`. It answers what the endpoint answers, or undefined when it failed; a failure is said in a toast,
 * unless every fault belongs to a field: then `fields` holds them for `useFieldFaults`.
 */
export function useAction<E extends Endpoint>(endpoint: E, options: ActionOptions<E> = {}) {
  const workspace = useWorkspaceId();
  const client = useQueryClient();
  const toast = useToast();
  const words = useProblemWords();
  const { mutateAsync, isPending, error, reset } = useMutation({
    mutationFn: (given: WorkspaceCall<E>) => call(endpoint, inside<E>(workspace, given)),
    onSuccess: async (answer) => {
      if (options.done) toast.done(options.done);
      options.onDone?.(answer);
      await refresh(client, options.refreshes ?? []);
    },
    onError: (failure) => {
      if (failure instanceof ApiProblem && (failure.isAboutFields || options.onRefused?.(failure))) return;
      toast.failed(words(failure).text);
    },
  });
  const run = useCallback(
    (given: WorkspaceCall<E>) => mutateAsync(given).catch(() => undefined),
    [mutateAsync],
  );
  const faultWords = useFaultWords();
  const fields = useMemo(
    () => (error instanceof ApiProblem && error.isAboutFields ? faultWords(error.fields) : undefined),
    [error, faultWords],
  );
  return { run, running: isPending, error, fields, reset };
}
