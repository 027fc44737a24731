import { api } from '@qianmian/contract';
import { Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSession } from '../shell/session.tsx';
import { useAction } from '../shell/use-api.ts';
import { FormField, Page, Panel, useFieldFaults } from '../ui/index.ts';
import { NewPassword } from './new-password.tsx';

interface Given {
  current: string;
  next: string;
  again: string;
}

/** Changes the password of the account that is signed in. */
export default function PasswordPage() {
  const { t } = useTranslation('governance');
  const { account } = useSession();
  const [form] = Form.useForm<Given>();
  const change = useAction(api.changePassword, {
    done: t('password.done'),
    onDone: () => form.resetFields(),
  });
  useFieldFaults(form, change.fields);
  return (
    <Page narrow title={t('password.title')} note={t('password.text')}>
      <Panel title={account.email}>
        <Form<Given>
          form={form}
          layout="vertical"
          requiredMark={false}
          style={{ maxWidth: 400 }}
          onFinish={({ current, next }) => change.run({ body: { current, next } })}
        >
          <FormField
            name="current"
            label={t('password.current')}
            rules={[{ required: true, message: t('password.missing') }]}
          >
            <Input.Password autoComplete="current-password" />
          </FormField>
          <NewPassword name="next" />
          <Button type="primary" htmlType="submit" loading={change.running}>
            {t('password.submit')}
          </Button>
        </Form>
      </Panel>
    </Page>
  );
}
