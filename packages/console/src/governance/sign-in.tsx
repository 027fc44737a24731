import { api } from '@qianmian/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { safeReturn } from '../shell/address.ts';
import { ApiProblem, call } from '../shell/api.ts';
import { Logo } from '../shell/logo.tsx';
import { useProblemWords } from '../shell/problem-words.ts';
import { SESSION_KEY } from '../shell/session.tsx';
import { LanguageChoice, ThemeChoice } from '../shell/top-bar.tsx';
import { FormField, useGoTo } from '../ui/index.ts';

interface Given {
  email: string;
  password: string;
}

/** E-mail and password, then on to the address that was asked for. */
export default function SignIn() {
  const { t } = useTranslation('governance');
  const { t: ui } = useTranslation('ui');
  const goTo = useGoTo();
  const client = useQueryClient();
  const words = useProblemWords();
  const signIn = useMutation({
    mutationFn: (body: Given) => call(api.signIn, { body }),
    onSuccess: (session) => {
      client.clear();
      client.setQueryData(SESSION_KEY, session);
      goTo(safeReturn(new URLSearchParams(window.location.search).get('back')), { replace: true });
    },
  });
  const refused = signIn.error instanceof ApiProblem && [400, 401].includes(signIn.error.status);
  return (
    <main className="qm-alone">
      <title>{`${t('signIn.title')} · ${ui('brand')}`}</title>
      <div className="qm-alone-choices">
        <LanguageChoice />
        <ThemeChoice />
      </div>
      <div className="qm-card">
        <Logo withName />
        <h1>{t('signIn.title')}</h1>
        <p className="qm-note">{t('signIn.text')}</p>
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
          {signIn.error && (
            <Alert
              type="error"
              showIcon
              role="alert"
              title={refused ? t('signIn.refused') : words(signIn.error).text}
              style={{ marginBottom: 16 }}
            />
          )}
          <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
            {t('signIn.submit')}
          </Button>
        </Form>
      </div>
    </main>
  );
}
