import { api, type HookCheck, type Source } from '@qianmian/contract';
import { Button, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAction } from '../shell/use-api.ts';
import { FormField } from '../ui/index.ts';

/** A check as the form holds it: a time of sending is signed where its header is named. */
interface Draft {
  kind: 'hmac' | 'token';
  header?: string;
  algorithm: 'sha1' | 'sha256' | 'sha512';
  encoding: 'hex' | 'base64';
  prefix?: string;
  isTimed: boolean;
  timeHeader?: string;
  toleranceSeconds: number;
  joinedBy?: string;
}

const OWN: Draft = {
  kind: 'hmac',
  header: 'X-Signature',
  algorithm: 'sha256',
  encoding: 'hex',
  isTimed: false,
  timeHeader: 'X-Timestamp',
  toleranceSeconds: 300,
  joinedBy: '.',
};

/** How a sender of one's own proves that a call is its own. */
export function SourceCheck({
  source,
  check,
  onDone,
}: {
  source: Source;
  check: HookCheck;
  onDone: () => void;
}) {
  const { t } = useTranslation('collect');
  const [form] = Form.useForm<Draft>();
  const save = useAction(api.updateSource, {
    refreshes: [api.getSource, api.listSources],
    done: t('check.saved'),
    onDone,
  });
  const now = { ...OWN, ...Form.useWatch([], form) };
  const header = [{ pattern: /^[A-Za-z0-9-]{1,80}$/, message: t('check.headerWrong') }];
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={draftOf(check)}
      onFinish={(draft) =>
        save.run({ params: { id: source.id }, body: { check: checkOf({ ...OWN, ...draft }) } })
      }
    >
      <FormField name="kind" label={t('check.kind')} hint={t(`check.hint.${now.kind}`)}>
        <Select
          options={(['hmac', 'token'] as const).map((value) => ({ value, label: t(`check.${value}`) }))}
        />
      </FormField>
      {now.kind === 'token' ? (
        <FormField name="header" label={t('check.header')} hint={t('check.tokenHeaderHint')} rules={header}>
          <Input autoComplete="off" maxLength={80} />
        </FormField>
      ) : (
        <>
          <FormField
            name="header"
            label={t('check.header')}
            rules={[{ required: true, message: t('check.headerMissing') }, ...header]}
          >
            <Input autoComplete="off" maxLength={80} />
          </FormField>
          <FormField name="algorithm" label={t('check.algorithm')}>
            <Select
              options={(['sha256', 'sha512', 'sha1'] as const).map((value) => ({
                value,
                label: `HMAC-${value.toUpperCase().replace('SHA', 'SHA-')}`,
              }))}
            />
          </FormField>
          <FormField name="encoding" label={t('check.encoding')}>
            <Select
              options={(['hex', 'base64'] as const).map((value) => ({ value, label: t(`check.${value}`) }))}
            />
          </FormField>
          <FormField name="prefix" label={t('check.prefix')} hint={t('check.prefixHint')}>
            <Input autoComplete="off" maxLength={40} />
          </FormField>
          <FormField
            name="isTimed"
            label={t('check.timed')}
            hint={t('check.timedHint')}
            valuePropName="checked"
          >
            <Switch />
          </FormField>
          {now.isTimed && (
            <>
              <FormField
                name="timeHeader"
                label={t('check.timeHeader')}
                rules={[{ required: true, message: t('check.headerMissing') }, ...header]}
              >
                <Input autoComplete="off" maxLength={80} />
              </FormField>
              <FormField name="toleranceSeconds" label={t('check.tolerance')}>
                <InputNumber min={1} max={86_400} precision={0} />
              </FormField>
              <FormField name="joinedBy" label={t('check.joinedBy')}>
                <Input autoComplete="off" maxLength={3} />
              </FormField>
            </>
          )}
        </>
      )}
      <Button type="primary" htmlType="submit" loading={save.running}>
        {t('source.save')}
      </Button>
    </Form>
  );
}

function draftOf(check: HookCheck): Draft {
  if (check.kind === 'token') return { ...OWN, kind: 'token', header: check.header ?? '' };
  if (check.kind !== 'hmac') return OWN;
  const { timestamp, ...rest } = check;
  return {
    ...OWN,
    ...rest,
    ...(timestamp
      ? {
          isTimed: true,
          timeHeader: timestamp.header,
          toleranceSeconds: timestamp.toleranceSeconds,
          joinedBy: timestamp.joinedBy,
        }
      : {}),
  };
}

function checkOf(draft: Draft): HookCheck {
  const header = draft.header?.trim() ?? '';
  if (draft.kind === 'token') return { kind: 'token', ...(header ? { header } : {}) };
  return {
    kind: 'hmac',
    header,
    algorithm: draft.algorithm,
    encoding: draft.encoding,
    ...(draft.prefix ? { prefix: draft.prefix } : {}),
    ...(draft.isTimed
      ? {
          timestamp: {
            header: draft.timeHeader?.trim() ?? '',
            toleranceSeconds: draft.toleranceSeconds,
            joinedBy: draft.joinedBy ?? '',
          },
        }
      : {}),
  };
}
