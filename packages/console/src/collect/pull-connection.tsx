import type { PullConnection, PullKind } from '@qianmian/contract';
import { Alert, Form, type FormInstance, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { FormField } from '../ui/index.ts';
import { PORTS } from './pull-words.ts';

/** A connection as it is typed. */
export type ConnectionDraft = Record<string, string | number | undefined> & { secret?: string };

const TLS = ['prefer', 'require', 'verify'] as const;
const ADDRESSING = ['path', 'host'] as const;

/** What a form begins with for a kind of place. */
export function emptyConnection(kind: PullKind): ConnectionDraft {
  if (kind === 's3') return { region: 'us-east-1', addressing: 'path' };
  if (kind === 'folder') return {};
  return { port: PORTS[kind], ...(kind === 'postgresql' ? { tls: 'prefer' } : {}) };
}

/** The connection that was typed, as it is sent; the secret goes beside it. */
export function connectionOf(
  kind: PullKind,
  { secret, ...draft }: ConnectionDraft,
): { connection: PullConnection; secret?: string } {
  const given = Object.fromEntries(
    Object.entries(draft).map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value]),
  );
  const connection = { kind, ...given } as unknown as PullConnection;
  return { connection, ...(secret ? { secret } : {}) };
}

/** The fields of a connection. `isKept`: its secret is known, and needed only for another place. */
export function ConnectionFields({ kind, isKept = false }: { kind: PullKind; isKept?: boolean }) {
  const { t } = useTranslation('collect');
  const needed = [{ required: true, message: t('pull.needed') }];
  const secret = (label: string) => (
    <FormField
      name="secret"
      label={label}
      hint={isKept ? t('pull.passwordKept') : undefined}
      rules={isKept ? [] : needed}
    >
      <Input.Password autoComplete="new-password" maxLength={1000} />
    </FormField>
  );
  const text = (name: string, label: string, hint?: string) => (
    <FormField name={name} label={label} hint={hint} rules={needed}>
      <Input autoComplete="off" maxLength={300} spellCheck={false} />
    </FormField>
  );
  if (kind === 'folder') return null;
  if (kind === 's3')
    return (
      <div className="qm-pull-fields">
        {text('endpoint', t('pull.endpoint'), t('pull.endpointHint'))}
        {text('bucket', t('pull.bucket'))}
        {text('region', t('pull.region'))}
        <FormField name="addressing" label={t('pull.addressing')}>
          <Select options={ADDRESSING.map((value) => ({ value, label: t(`pull.addressingOf.${value}`) }))} />
        </FormField>
        {text('accessKey', t('pull.accessKey'))}
        {secret(t('pull.secretKey'))}
      </div>
    );
  return (
    <>
      <div className="qm-pull-fields">
        {text('host', t('pull.host'), t('pull.hostHint'))}
        <FormField name="port" label={t('pull.port')} rules={needed}>
          <InputNumber min={1} max={65535} changeOnWheel={false} />
        </FormField>
        {text('database', t('pull.database'))}
        {text('user', t('pull.user'))}
        {secret(t('pull.password'))}
        {kind === 'postgresql' && (
          <FormField name="tls" label={t('pull.tls')}>
            <Select options={TLS.map((value) => ({ value, label: t(`pull.tlsOf.${value}`) }))} />
          </FormField>
        )}
      </div>
      {kind === 'mysql' && <Alert type="info" showIcon title={t('pull.mysqlPlain')} />}
    </>
  );
}

/** What a form of a connection holds now; undefined while something needed is missing. */
export async function checkedConnection(
  form: FormInstance<ConnectionDraft>,
): Promise<ConnectionDraft | undefined> {
  return form.validateFields().catch(() => undefined);
}

/** A form for a connection. */
export function ConnectionForm({
  form,
  kind,
  initial,
  isKept,
  onChange,
}: {
  form: FormInstance<ConnectionDraft>;
  kind: PullKind;
  initial: ConnectionDraft;
  isKept?: boolean;
  onChange?: () => void;
}) {
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={initial}
      onValuesChange={onChange}
    >
      <ConnectionFields kind={kind} isKept={isKept} />
    </Form>
  );
}
