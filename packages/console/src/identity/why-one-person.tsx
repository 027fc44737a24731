import { ScissorOutlined } from '@ant-design/icons';
import { api, type Join, type PersonIdentity, type ShownIdentifier } from '@qianmian/contract';
import { Button, Drawer, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { displayName, identifierName } from '../profile/names.ts';
import { useGo, useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { ActionButton } from '../shell/use-actions.tsx';
import { useAction, useApi } from '../shell/use-api.ts';
import { Anchor, Answer, Badge, Loading, useConfirm, useFormat, useToast } from '../ui/index.ts';
import { undoDecision } from './actions.ts';
import './identity.css';

/** Opens why the identifiers of a customer are one person: evidence, what was refused, parting and joining by hand. */
export function WhyOnePerson({ personId }: { personId: number }) {
  const { t } = useTranslation('identity');
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('why.open')}
      </Button>
      <Drawer open={open} onClose={() => setOpen(false)} size={640} title={t('why.title')} destroyOnHidden>
        <Evidence personId={personId} onDone={() => setOpen(false)} />
      </Drawer>
    </>
  );
}

function Evidence({ personId, onDone }: { personId: number; onDone: () => void }) {
  const query = useApi(api.getPersonIdentity, { params: { personId } });
  return (
    <Answer of={query} loading={<Loading kind="table" />}>
      {(of) => <Reasons of={of} onDone={onDone} />}
    </Answer>
  );
}

function useName() {
  const { t: p } = useTranslation('profile');
  return (one: ShownIdentifier) => `${identifierName(p, one.type)} ${one.value}`;
}

function Reasons({ of, onDone }: { of: PersonIdentity; onDone: () => void }) {
  const { t } = useTranslation('identity');
  const to = useTo();
  const name = useName();
  const shared = of.identifiers.filter((one) => one.isShared);
  return (
    <div className="qm-why-one">
      <p>
        {t('why.summary', { count: of.identifiers.length })}
        {shared.length > 0 && ` ${t('why.shared', { names: shared.map(name).join(t('why.comma')) })}`}
      </p>
      <h3>{t('why.joins')}</h3>
      {of.joins.length === 0 ? (
        <p className="qm-note">{t('why.single')}</p>
      ) : (
        <ul className="qm-why-list">
          {of.joins.map((join) => (
            <li key={`${join.a.number} ${join.b.number}`}>
              <JoinWords of={join} />
              <Split personId={of.personId} join={join} onDone={onDone} />
            </li>
          ))}
        </ul>
      )}
      {of.refused.length > 0 && (
        <>
          <h3>{t('why.refused')}</h3>
          <p className="qm-note">{t('why.refusedNote')}</p>
          <ul className="qm-why-list">
            {of.refused.map((join) => (
              <li key={`${join.a.number} ${join.b.number}`}>
                <JoinWords of={join} />
                <Anchor href={to(`/customers/${join.otherPersonId}`)}>{t('why.other')}</Anchor>
              </li>
            ))}
          </ul>
        </>
      )}
      {of.decisions.length > 0 && (
        <>
          <h3>{t('why.decisions')}</h3>
          <ul className="qm-why-list">
            {of.decisions.map((one) => (
              <li key={one.id}>
                <span>
                  <Badge tone={one.verdict === 'same' ? 'good' : 'quiet'}>
                    {t(`verdict.${one.verdict}`)}
                  </Badge>{' '}
                  {name(one.a)} · {name(one.b)}
                  <small className="qm-note">{one.decidedBy}</small>
                </span>
                <ActionButton action={undoDecision} subject={one} size="small" />
              </li>
            ))}
          </ul>
        </>
      )}
      <MergeWith personId={of.personId} onDone={onDone} />
    </div>
  );
}

function JoinWords({ of }: { of: Join }) {
  const { t } = useTranslation('identity');
  const format = useFormat();
  const name = useName();
  const where = of.importId ? t('why.fromImport') : of.source ? t('why.from', { source: of.source }) : '';
  return (
    <span>
      <span className="qm-wrap">
        {name(of.a)} · {name(of.b)}
      </span>
      <small className="qm-note">
        {t(`kind.${of.kind}`, { date: format.date(of.firstSeenAt) })}
        {where}
      </small>
    </span>
  );
}

/** Parts two identifiers, after saying what either side keeps. */
function Split({ personId, join, onDone }: { personId: number; join: Join; onDone: () => void }) {
  const { t } = useTranslation('identity');
  const format = useFormat();
  const toast = useToast();
  const confirm = useConfirm();
  const may = useCan('customer.write');
  const pair = { a: join.a.number, b: join.b.number };
  const preview = useAction(api.previewSplit);
  const split = useAction(api.splitPerson, {
    refreshes: [api.getCustomer, api.getPersonIdentity, api.getTimeline, api.getOrders, api.listCustomers],
  });
  if (!may) return null;
  const run = async () => {
    const effect = await preview.run({ params: { personId }, query: pair });
    if (!effect) return;
    const sure = await confirm({
      title: t('split.title'),
      consequence: t('split.consequence', {
        sides: effect.sides
          .map((side) =>
            t('split.side', {
              identifiers: format.number(side.identifiers.length),
              orders: format.number(side.orders),
              events: format.number(side.events),
            }),
          )
          .join(t('split.and')),
      }),
      verb: t('actions.split'),
    });
    if (!sure) return;
    if (!(await split.run({ params: { personId }, body: pair }))) return;
    toast.done(t('split.done'));
    onDone();
  };
  return (
    <Button
      size="small"
      danger
      icon={<ScissorOutlined />}
      loading={preview.running || split.running}
      onClick={() => void run()}
    >
      {t('actions.split')}
    </Button>
  );
}

/** Joins the customer with another by hand. */
function MergeWith({ personId, onDone }: { personId: number; onDone: () => void }) {
  const { t } = useTranslation('identity');
  const toast = useToast();
  const confirm = useConfirm();
  const go = useGo();
  const may = useCan('customer.write');
  const { t: p } = useTranslation('profile');
  const [other, setOther] = useState<number | null>(null);
  const [search, setSearch] = useState('');
  const found = useApi(
    api.listCustomers,
    { query: { search, limit: 10 } },
    { enabled: search.trim().length > 1, keep: true },
  );
  const merge = useAction(api.mergePeople, {
    refreshes: [api.getCustomer, api.getPersonIdentity, api.getTimeline, api.getOrders, api.listCustomers],
  });
  if (!may) return null;
  const run = async () => {
    if (!other) return;
    const sure = await confirm({
      title: t('merge.title'),
      consequence: t('merge.consequence'),
      verb: t('actions.merge'),
    });
    if (!sure) return;
    const done = await merge.run({ params: { personId }, body: { with: other } });
    if (!done) return;
    toast.done(t('merge.done'));
    onDone();
    go(`/customers/${done.personId}`);
  };
  return (
    <section className="qm-why-merge">
      <h3>{t('merge.head')}</h3>
      <p className="qm-note">{t('merge.note')}</p>
      <div className="qm-identity-bar">
        <Select<number>
          className="qm-merge-with"
          showSearch={{ filterOption: false, onSearch: setSearch }}
          aria-label={t('merge.search')}
          placeholder={t('merge.search')}
          value={other}
          notFoundContent={search.trim().length > 1 ? t('merge.nobody') : t('merge.type')}
          options={(found.data?.rows ?? [])
            .filter((row) => row.personId !== personId)
            .map((row) => ({
              value: row.personId,
              label: [displayName(p, row), row.phone || row.email, row.city].filter(Boolean).join(' · '),
            }))}
          onChange={setOther}
        />
        <Button disabled={!other} loading={merge.running} onClick={() => void run()}>
          {t('actions.merge')}
        </Button>
      </div>
    </section>
  );
}
