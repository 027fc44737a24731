import { api } from '@qianmian/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { Alert, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { safeReturn } from '../shell/address.ts';
import { ApiProblem, call } from '../shell/api.ts';
import { useProblemWords } from '../shell/problem-words.ts';
import { SESSION_KEY } from '../shell/session.tsx';
import { FormField, useGoTo } from '../ui/index.ts';
import { Alone } from './alone.tsx';
import { linkToken } from './link-token.ts';
import { RedeemLink } from './redeem-link.tsx';

interface Given {
  email: string;
  password: string;
}

/** The way in: by a one-time link when the address holds one, else by e-mail and password. */
export default function SignIn() {
  const token = useLocation({ select: (location) => linkToken(location.hash) });
  return token ? <RedeemLink key={token} token={token} /> : <SignInForm />;
}

/** E-mail and password, then on to the address that was asked for. */
function SignInForm() {
  const { t } = useTranslation('governance');
  const goTo = useGoTo();
  const client = useQueryClient();
  const signIn = useMutation({
    mutationFn: (body: Given) => call(api.signIn, { body }),
    onSuccess: (session) => {
      client.clear();
      client.setQueryData(SESSION_KEY, session);
      goTo(safeReturn(new URLSearchParams(window.location.search).get('back')), { replace: true });
    },
  });
  return (
    <Alone title={t('signIn.title')} text={t('signIn.text')}>
      <Form<Given> layout="vertical" requiredMark={false} onFinish={(given) => signIn.mutate(given)}>
        <FormField
          name="email"
          label={t('signIn.email')}
          validateTrigger="onBlur"
          rules={[
            { required: true, message: t('signIn.emailMissing') },
            { type: 'email', message: t('signIn.emailBad') },
          ]}
        >
          <Input autoFocus autoComplete="username" inputMode="email" />
        </FormField>
        <FormField
          name="password"
          label={t('signIn.password')}
          rules={[{ required: true, message: t('signIn.passwordMissing') }]}
        >
          <Input.Password autoComplete="current-password" />
        </FormField>
        {signIn.error && <Refusal error={signIn.error} />}
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
          {t('signIn.submit')}
        </Button>
      </Form>
    </Alone>
  );
}

function Refusal({ error }: { error: Error }) {
  const { t } = useTranslation('governance');
  const words = useProblemWords();
  const { code, status } = error instanceof ApiProblem ? error : { code: '', status: 0 };
  const text =
    code === 'auth.no_workspace'
      ? t('signIn.noWorkspace')
      : [400, 401].includes(status)
        ? t('signIn.refused')
        : words(error).text;
  return <Alert type="error" showIcon role="alert" title={text} style={{ marginBottom: 16 }} />;
}
