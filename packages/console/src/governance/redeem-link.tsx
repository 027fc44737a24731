import { type AnswerOf, api } from '@qianmian/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Input } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem, call } from '../shell/api.ts';
import { useFaultWords, useProblemWords } from '../shell/problem-words.ts';
import { SESSION_KEY } from '../shell/session.tsx';
import { Anchor, FormField, Loading, useFieldFaults, useGoTo } from '../ui/index.ts';
import { Alone } from './alone.tsx';
import { NewPassword } from './new-password.tsx';

type Link = AnswerOf<typeof api.readLink>;

interface Given {
  name?: string;
  password: string;
}

/** Where an invitation or a link to a new password leads: the person shows or chooses their password, and is in. */
export function RedeemLink({ token }: { token: string }) {
  const { t } = useTranslation('governance');
  const words = useProblemWords();
  const link = useQuery({
    queryKey: [api.readLink.path, token],
    queryFn: ({ signal }) => call(api.readLink, { body: { token } }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (link.data) return <Offered link={link.data} token={token} />;
  if (!link.error) return <Loading kind="page" />;
  const isOver = link.error instanceof ApiProblem && link.error.code === 'auth.link_over';
  return (
    <Alone title={t('link.overTitle')} text={isOver ? t('link.over') : words(link.error).text}>
      <Anchor href="/sign-in">{t('link.toSignIn')}</Anchor>
    </Alone>
  );
}

function Offered({ link, token }: { link: Link; token: string }) {
  const { t } = useTranslation('governance');
  const { t: shell } = useTranslation('shell');
  const names = {
    email: link.email,
    name: link.name,
    workspace: link.workspace?.name ?? '',
    role: link.workspace ? shell(`role.${link.workspace.role}`) : '',
  };
  if (link.purpose === 'password')
    return (
      <Alone title={t('link.passwordTitle')} text={t('link.passwordText', names)}>
        <Redeem link={link} token={token} submit={t('link.passwordSubmit')} />
      </Alone>
    );
  return (
    <Alone
      title={t('link.joinTitle', names)}
      text={link.hasAccount ? t('link.joinKnown', names) : t('link.joinNew', names)}
    >
      <Redeem link={link} token={token} submit={t('link.joinSubmit', names)} />
    </Alone>
  );
}

function Redeem({ link, token, submit }: { link: Link; token: string; submit: string }) {
  const { t } = useTranslation('governance');
  const goTo = useGoTo();
  const client = useQueryClient();
  const words = useProblemWords();
  const faultWords = useFaultWords();
  const [form] = Form.useForm<Given>();
  const redeem = useMutation({
    mutationFn: ({ name, password }: Given) => call(api.redeemLink, { body: { token, name, password } }),
    onSuccess: (session) => {
      client.clear();
      client.setQueryData(SESSION_KEY, session);
      goTo(link.workspace ? `/w/${link.workspace.id}/overview` : '/', { replace: true });
    },
  });
  const { error } = redeem;
  const fields = useMemo(
    () => (error instanceof ApiProblem && error.isAboutFields ? faultWords(error.fields) : undefined),
    [error, faultWords],
  );
  useFieldFaults(form, fields);
  const chooses = link.purpose === 'password' || !link.hasAccount;
  return (
    <Form<Given>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ name: link.name }}
      onFinish={(given) => redeem.mutate(given)}
    >
      {/* Password managers keep a password under the name beside it. */}
      <input type="text" autoComplete="username" value={link.email} readOnly hidden />
      {!link.hasAccount && (
        <FormField
          name="name"
          label={t('members.name')}
          rules={[{ required: true, whitespace: true, message: t('workspace.nameMissing') }]}
        >
          <Input autoComplete="name" maxLength={80} />
        </FormField>
      )}
      {chooses ? (
        <NewPassword name="password" />
      ) : (
        <FormField
          name="password"
          label={t('signIn.password')}
          rules={[{ required: true, message: t('signIn.passwordMissing') }]}
        >
          <Input.Password autoFocus autoComplete="current-password" />
        </FormField>
      )}
      {error && !fields && (
        <Alert type="error" showIcon role="alert" title={words(error).text} style={{ marginBottom: 16 }} />
      )}
      <Button type="primary" htmlType="submit" block loading={redeem.isPending}>
        {submit}
      </Button>
    </Form>
  );
}
