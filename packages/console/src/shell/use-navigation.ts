import { useMemo } from 'react';
import { domains, navigation } from './domains.ts';
import { useSession, useWorkspace } from './session.tsx';

/** The navigation of the signed-in account in this workspace. */
export function useNavigation() {
  const { permissions } = useWorkspace();
  const { demo } = useSession();
  return useMemo(
    () =>
      navigation(
        domains.flatMap((domain) => domain.pages),
        permissions,
        demo,
      ),
    [permissions, demo],
  );
}
