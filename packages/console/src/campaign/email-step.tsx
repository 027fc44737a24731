import { DownOutlined } from '@ant-design/icons';
import { api, type EmailContent } from '@qianmian/contract';
import { Alert, Button, Dropdown, Input, Segmented, Select } from 'antd';
import { type ComponentRef, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { letterDocument } from '../demo/letter-document.ts';
import { displayName } from '../profile/names.ts';
import { useCustomerNames } from '../profile/use-customer-names.ts';
import { useCan } from '../shell/session.tsx';
import { useApi } from '../shell/use-api.ts';
import { useFormat } from '../ui/index.ts';
import { fieldTag, insertAt } from './draft.ts';
import { PlanField, PlanStep, type StepProps } from './plan-step.tsx';
import type { LetterPreview } from './use-letter-preview.ts';

const CHIPS = [
  'customer.firstName',
  'customer.name',
  'customer.city',
  'customer.favouriteCategory',
  'coupon.words',
  'coupon.code',
  'coupon.endsOn',
  'shop.name',
] as const;
const WITH_FALLBACK = ['name', 'firstName', 'city', 'favouriteCategory'] as const;

type Part = 'subject' | 'body';
type TextArea = ComponentRef<typeof Input.TextArea>;
type TextInput = ComponentRef<typeof Input>;

/** Subject and letter with fields, and beside it what a customer would see. */
export function EmailStep({ state, faults, canWrite, letter }: StepProps & { letter: LetterPreview }) {
  const { t } = useTranslation('campaign');
  const { draft, change } = state;
  const { email } = draft;
  const set = (part: Partial<EmailContent>) => change({ email: { ...email, ...part } });
  const inserting = useInserting(email, set);
  return (
    <PlanStep step="email" note={t('email.note')}>
      <div className="qm-plan-letter">
        <div className="qm-plan-write">
          <PlanField id="plan-from" label={t('email.fromName')} fault={faults['email.fromName']}>
            <Input
              id="plan-from"
              value={email.fromName}
              maxLength={80}
              readOnly={!canWrite}
              onChange={(event) => set({ fromName: event.target.value })}
            />
          </PlanField>
          <PlanField id="plan-subject" label={t('email.subject')} fault={faults['email.subject']}>
            <Input
              id="plan-subject"
              ref={inserting.subject}
              value={email.subject}
              maxLength={200}
              readOnly={!canWrite}
              status={faults['email.subject'] ? 'error' : undefined}
              onFocus={() => inserting.setPart('subject')}
              onChange={(event) => set({ subject: event.target.value })}
            />
          </PlanField>
          <PlanField
            id="plan-body"
            label={t('email.body')}
            hint={t('email.bodyHint')}
            fault={faults['email.body'] ?? faults.email}
          >
            <Input.TextArea
              id="plan-body"
              ref={inserting.body}
              value={email.body}
              maxLength={20_000}
              readOnly={!canWrite}
              status={faults['email.body'] ? 'error' : undefined}
              autoSize={{ minRows: 12, maxRows: 28 }}
              onFocus={() => inserting.setPart('body')}
              onChange={(event) => set({ body: event.target.value })}
            />
          </PlanField>
          {canWrite && <Chips hasCoupon={draft.couponId !== null} onInsert={inserting.insert} />}
        </div>
        <Preview letter={letter} />
      </div>
    </PlanStep>
  );
}

/** Puts text where the caret is, in subject or letter, whichever was written in last. */
function useInserting(email: EmailContent, set: (part: Partial<EmailContent>) => void) {
  const [part, setPart] = useState<Part>('body');
  const subject = useRef<TextInput>(null);
  const body = useRef<TextArea>(null);
  const insert = (text: string) => {
    const element = part === 'subject' ? subject.current?.input : body.current?.resizableTextArea?.textArea;
    const end = email[part].length;
    const done = insertAt(email[part], text, element?.selectionStart ?? end, element?.selectionEnd ?? end);
    set({ [part]: done.text });
    requestAnimationFrame(() => {
      element?.focus();
      element?.setSelectionRange(done.caret, done.caret);
    });
  };
  return { insert, setPart, subject, body };
}

function Chips({ hasCoupon, onInsert }: { hasCoupon: boolean; onInsert: (text: string) => void }) {
  const { t } = useTranslation('campaign');
  const canSegment = useCan('segment.read');
  const vocabulary = useApi(api.getVocabulary, {}, { enabled: canSegment, staleMs: 5 * 60_000 });
  const tag = (field: string) => {
    const own = WITH_FALLBACK.find((one) => field === `customer.${one}`);
    return fieldTag(field, own ? t(`email.fallback.${own}`) : '');
  };
  const chips = CHIPS.filter((field) => hasCoupon || !field.startsWith('coupon.'));
  const more = (vocabulary.data?.traits ?? [])
    .map((trait) => `customer.${trait.name}`)
    .filter((field) => !(CHIPS as readonly string[]).includes(field) && /^customer\.[\w]+$/.test(field));
  return (
    <fieldset className="qm-chips" aria-label={t('email.insert')}>
      <span className="qm-note">{t('email.insert')}</span>
      {chips.map((field) => (
        <Button
          key={field}
          size="small"
          aria-label={t('email.insertInto', { field: t(`email.field.${field}`) })}
          onClick={() => onInsert(tag(field))}
        >
          {t(`email.field.${field}`)}
        </Button>
      ))}
      <Button size="small" onClick={() => onInsert(`[[${t('email.linkText')}]](https://)`)}>
        {t('email.button')}
      </Button>
      {more.length > 0 && (
        <Dropdown
          trigger={['click']}
          menu={{
            className: 'qm-chips-menu',
            items: more.map((field) => ({
              key: field,
              label: field,
              onClick: () => onInsert(fieldTag(field, t('email.fallback.name'))),
            })),
          }}
        >
          <Button size="small">
            {t('email.more')} <DownOutlined aria-hidden="true" />
          </Button>
        </Dropdown>
      )}
    </fieldset>
  );
}

function Preview({ letter }: { letter: LetterPreview }) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const [form, setForm] = useState<'html' | 'text'>('html');
  const { data, isError } = letter;
  const nameOf = useCustomerNames(useMemo(() => [data?.personId], [data?.personId]));
  return (
    <section className="qm-plan-preview" aria-label={t('preview.title')}>
      <div className="qm-plan-row">
        <PersonChoice value={letter.personId} onChange={letter.setPersonId} />
        <Segmented
          aria-label={t('preview.kind')}
          value={form}
          onChange={(next) => setForm(next as 'html' | 'text')}
          options={[
            { value: 'html', label: t('preview.html') },
            { value: 'text', label: t('preview.text') },
          ]}
        />
      </div>
      {isError && <Alert type="warning" showIcon title={t('preview.broken')} />}
      {data && (
        <>
          <div className="qm-plan-subject">
            <strong>{data.subject}</strong>
            <span className="qm-note">
              {t('preview.to', { to: data.to || t('preview.noAddress') })}
              {data.personId !== null && ` · ${nameOf(data.personId)}`}
            </span>
          </div>
          {data.missing.length > 0 && (
            <Alert
              type="warning"
              showIcon
              title={t('preview.missing', { count: data.missing.length, fields: format.list(data.missing) })}
            />
          )}
          {form === 'html' ? (
            <iframe
              className="qm-plan-frame"
              title={t('preview.frame')}
              sandbox="allow-popups allow-popups-to-escape-sandbox"
              srcDoc={letterDocument(data.html)}
            />
          ) : (
            <pre className="qm-code qm-plan-text">{data.text}</pre>
          )}
        </>
      )}
    </section>
  );
}

/** As whom the letter is read: anyone, or someone in particular. */
function PersonChoice({
  value,
  onChange,
}: {
  value: number | null;
  onChange: (person: number | null) => void;
}) {
  const { t } = useTranslation('campaign');
  const canSee = useCan('customer.read');
  const [search, setSearch] = useState('');
  const found = useApi(
    api.listCustomers,
    { query: { search: search || undefined, limit: 10 } },
    { enabled: canSee, keep: true },
  );
  const { t: words } = useTranslation('profile');
  const nameOf = useCustomerNames(useMemo(() => [value], [value]));
  const options = (found.data?.rows ?? []).map((row) => ({
    value: row.personId,
    label: [displayName(words, row), row.name && row.email].filter(Boolean).join(' · '),
  }));
  if (value !== null && !options.some((one) => one.value === value))
    options.unshift({ value, label: nameOf(value) });
  return (
    <Select<number>
      className="qm-plan-person"
      value={value ?? 0}
      aria-label={t('preview.as')}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      notFoundContent={t(search ? 'preview.nobody' : 'preview.type')}
      popupMatchSelectWidth={false}
      onChange={(next) => onChange(next || null)}
      options={search ? options : [{ value: 0, label: t('preview.any') }, ...options]}
    />
  );
}
