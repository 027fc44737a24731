import { api } from '@qianmian/contract';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem, call } from '../shell/api.ts';
import { useProblemWords } from '../shell/problem-words.ts';
import { useCan, useSession, useWorkspaceId } from '../shell/session.tsx';
import { refresh, useAction } from '../shell/use-api.ts';
import { FormField, useConfirm, useFieldFaults, useFormat, useToast } from '../ui/index.ts';
import { type Counting, useCost } from './check-step.tsx';
import { isReady, STEPS, stepStates } from './draft.ts';
import { PlanStep, type StepProps } from './plan-step.tsx';

/** A test to oneself, then the launch, which names what will happen. */
export function LaunchStep(props: StepProps & { query: Counting }) {
  return (
    <PlanStep step="launch">
      <div className="qm-plan-launch">
        {props.canWrite && <TestSend {...props} />}
        <Launch {...props} />
      </div>
    </PlanStep>
  );
}

function TestSend({ campaign, state }: StepProps) {
  const { t } = useTranslation('campaign');
  const { account, demo } = useSession();
  const toast = useToast();
  const [form] = Form.useForm<{ to: string }>();
  const test = useAction(api.sendTest);
  useFieldFaults(form, test.fields);
  const send = async ({ to }: { to: string }) => {
    if ((await state.keep()) === null) return;
    const sent = await test.run({ params: { id: campaign.id }, body: { to } });
    if (sent) toast.done(demo ? t('test.sentDemo') : t('test.sent', { to }));
  };
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ to: account.email }}
      onFinish={send}
      className="qm-plan-test"
    >
      <h3 className="qm-plan-head">{t('test.title')}</h3>
      <p className="qm-note">{t('test.note')}</p>
      <div className="qm-plan-row">
        <FormField name="to" rules={[{ required: true, type: 'email', message: t('test.email') }]}>
          <Input aria-label={t('test.to')} autoComplete="email" inputMode="email" />
        </FormField>
        <Button htmlType="submit" loading={test.running}>
          {t('test.send')}
        </Button>
      </div>
    </Form>
  );
}

function Launch(props: StepProps & { query: Counting }) {
  const { state, faults, audience } = props;
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const canLaunch = useCan('campaign.launch');
  const launch = useLaunch(props);
  const ready = isReady(state.draft, faults, audience) && !state.newer;
  const states = stepStates(state.draft, faults, audience);
  const missing = STEPS.filter(
    (step) => step !== 'launch' && (states[step] === 'wrong' || states[step] === 'todo'),
  ).map((step) => t(`step.${step}`));
  if (!canLaunch) return <p className="qm-note">{t('launch.noRight')}</p>;
  return (
    <div className="qm-plan-go">
      <Button
        type="primary"
        size="large"
        disabled={!ready}
        loading={launch.running}
        onClick={() => void launch.run()}
      >
        {ready && audience
          ? t('launch.button', { count: audience.treated, people: format.number(audience.treated) })
          : t('launch.idle')}
      </Button>
      {!ready && missing.length > 0 && (
        <p className="qm-note">{t('launch.blocked', { what: format.list(missing) })}</p>
      )}
    </div>
  );
}

/** Keeps the draft, asks with the numbers, launches; a changed audience is counted again and asked about anew. */
function useLaunch({ campaign, state, audience, query }: StepProps & { query: Counting }) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const confirm = useConfirm();
  const toast = useToast();
  const words = useProblemWords();
  const client = useQueryClient();
  const workspace = useWorkspaceId();
  const [running, setRunning] = useState(false);
  const cost = useCost(state.draft.couponId, audience?.treated ?? 0);

  const consequence = (of: NonNullable<typeof audience>) => {
    const people = t('launch.text', { count: of.treated, people: format.number(of.treated) });
    const held =
      of.control > 0 ? t('launch.held', { control: format.number(of.control) }) : t('launch.heldNone');
    const costs =
      cost?.kind === 'amount' && cost.mostCents !== null
        ? t('launch.cost', { most: format.moneyWords(cost.mostCents) })
        : cost?.eachCents
          ? t('launch.costAbout', { each: format.money(cost.eachCents) })
          : null;
    return (
      <div className="qm-plan-consequence">
        <p>
          <strong>
            {people}
            {held}
          </strong>
        </p>
        {costs && <p>{costs}</p>}
        <p className="qm-note">{t('launch.final')}</p>
      </div>
    );
  };

  const run = async () => {
    if (!audience) return;
    const revision = await state.keep();
    if (revision === null) return;
    const sure = await confirm({
      title: t('launch.title', { name: state.draft.name }),
      consequence: consequence(audience),
      verb: t('launch.verb'),
      danger: false,
    });
    if (!sure) return;
    setRunning(true);
    try {
      await call(api.launchCampaign, {
        params: { workspace, id: campaign.id },
        // What was on screen when it was asked, whatever became of the draft meanwhile.
        body: { confirmReach: audience.reach, revision },
      });
      toast.done(t('launch.done'));
      window.scrollTo({ top: 0 });
      await refresh(client, [api.getCampaign, api.listCampaigns]);
    } catch (error) {
      if (error instanceof ApiProblem && error.code === 'campaign.reach_changed') {
        await query.refetch();
        toast.note(t('launch.changed'));
      } else if (error instanceof ApiProblem && error.code === 'campaign.changed') {
        await refresh(client, [api.getCampaign, api.previewAudience]);
        toast.failed(t('launch.newer'));
      } else toast.failed(words(error).text);
    }
    setRunning(false);
  };
  return { run, running };
}
