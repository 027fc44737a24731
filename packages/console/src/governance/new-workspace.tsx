import { api } from '@qianmian/contract';
import { Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSessionQuery } from '../shell/session.tsx';
import { useAction } from '../shell/use-api.ts';
import { FormField, useFieldFaults, useGoTo } from '../ui/index.ts';
import { Alone } from './alone.tsx';
import { MoneyAndZone } from './money-and-zone.tsx';
import { suggestedId } from './money-places.ts';

interface Given {
  id: string;
  name: string;
  currency: string;
  timeZone: string;
  country?: string;
}

/** Creates a workspace and goes there. */
export default function NewWorkspace() {
  const { t } = useTranslation('governance');
  const goTo = useGoTo();
  const [form] = Form.useForm<Given>();
  const session = useSessionQuery();
  const create = useAction(api.createWorkspace);
  useFieldFaults(form, create.fields);
  if (session.data && !session.data.mayCreateWorkspaces)
    return <Alone title={t('workspace.title')} text={t('workspace.ownersOnly')} />;
  const submit = async (body: Given) => {
    const made = await create.run({ body });
    if (!made) return;
    await session.refetch();
    goTo(`/w/${made.id}/overview`);
  };
  return (
    <Alone title={t('workspace.title')} text={t('workspace.text')}>
      <Form<Given>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={submit}
        initialValues={{ currency: 'CNY', timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone }}
        onValuesChange={(changed: Partial<Given>) => {
          if (changed.name !== undefined && !form.isFieldTouched('id'))
            form.setFieldValue('id', suggestedId(changed.name));
        }}
      >
        <FormField
          name="name"
          label={t('workspace.name')}
          rules={[{ required: true, whitespace: true, message: t('workspace.nameMissing') }]}
        >
          <Input autoFocus maxLength={80} />
        </FormField>
        <FormField
          name="id"
          label={t('workspace.id')}
          hint={t('workspace.idHint')}
          rules={[{ required: true, pattern: /^[a-z][a-z0-9-]{1,39}$/, message: t('workspace.idBad') }]}
        >
          <Input maxLength={40} autoComplete="off" />
        </FormField>
        <MoneyAndZone />
        <Button type="primary" htmlType="submit" block loading={create.running}>
          {t('workspace.create')}
        </Button>
      </Form>
    </Alone>
  );
}
