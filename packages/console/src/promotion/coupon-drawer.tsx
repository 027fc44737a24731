import { api, type Coupon } from '@qianmian/contract';
import { Alert, Button, DatePicker, Drawer, Form, Input, InputNumber, Segmented } from 'antd';
import dayjs from 'dayjs';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../shell/use-api.ts';
import { FormField, useFormat, useToast } from '../ui/index.ts';
import { type CouponForm, draftOf, formField, formOf, NEW_COUPON, oddity } from './coupon-draft.ts';
import { couponSentence } from './coupon-words.ts';
import './promotion.css';
import { useNow } from '../shell/server-clock.ts';

interface CouponDrawerProps {
  /** The coupon to change; a new one without. */
  coupon?: Coupon;
  open: boolean;
  onClose: () => void;
  onDone?: (coupon: Coupon) => void;
}

/** Says in a sentence what the coupon gives while it is being made. */
export function CouponDrawer({ coupon, open, onClose, onDone }: CouponDrawerProps) {
  const { t } = useTranslation('promotion');
  return (
    <Drawer
      open={open}
      onClose={onClose}
      size={520}
      title={coupon ? t('form.edit') : t('form.create')}
      destroyOnHidden
    >
      <CouponFields
        coupon={coupon}
        onDone={(made) => {
          onDone?.(made);
          onClose();
        }}
      />
    </Drawer>
  );
}

const REFRESHES = [api.listCoupons, api.getCoupon] as const;

function CouponFields({ coupon, onDone }: { coupon?: Coupon; onDone: (coupon: Coupon) => void }) {
  const { t } = useTranslation('promotion');
  const format = useFormat();
  const toast = useToast();
  const [form] = Form.useForm<CouponForm>();
  const given = Form.useWatch([], form) as CouponForm | undefined;
  const create = useAction(api.createCoupon, { refreshes: REFRESHES });
  const update = useAction(api.updateCoupon, { refreshes: REFRESHES });
  const isPromised = (coupon?.issued ?? 0) > 0;
  useFaults(form, create.fields ?? update.fields);

  const submit = async (values: CouponForm) => {
    const body = draftOf(values, format);
    if (!body) return;
    const made = coupon ? await update.run({ params: { id: coupon.id }, body }) : await create.run({ body });
    if (!made) return;
    toast.done(t(coupon ? 'form.saved' : 'form.created', { name: made.name }));
    onDone(made);
  };

  const kind = given?.kind ?? 'percent';
  const required = (message: string) => [{ required: true, message }];
  return (
    <Form<CouponForm>
      form={form}
      className="qm-promo-form"
      layout="vertical"
      requiredMark={false}
      initialValues={coupon ? formOf(coupon, format) : NEW_COUPON}
      onFinish={submit}
    >
      <Preview form={given} />
      {isPromised && <Alert className="qm-promo-alert" type="info" showIcon title={t('form.promised')} />}
      <FormField
        name="name"
        label={t('form.name')}
        hint={t('form.nameHint')}
        rules={[{ required: true, whitespace: true, message: t('form.nameMissing') }]}
      >
        <Input maxLength={80} autoComplete="off" autoFocus={!coupon} />
      </FormField>
      <FormField name="kind" label={t('form.kind')}>
        <Segmented
          disabled={isPromised}
          options={[
            { value: 'percent', label: t('form.percent') },
            { value: 'amount', label: t('form.amount') },
          ]}
        />
      </FormField>
      {kind === 'percent' ? (
        <FormField
          name="percent"
          label={t('form.percentOff')}
          hint={t('form.percentHint', { left: format.number(100 - (given?.percent ?? 0), 2) })}
          rules={required(t('form.valueMissing'))}
        >
          <InputNumber min={1} max={100} suffix="%" disabled={isPromised} />
        </FormField>
      ) : (
        <FormField name="amount" label={t('form.amountOff')} rules={required(t('form.valueMissing'))}>
          <MoneyInput disabled={isPromised} />
        </FormField>
      )}
      <FormField name="minimum" label={t('form.minimum')} hint={t('form.minimumHint')}>
        <MoneyInput />
      </FormField>
      <div className="qm-promo-pair">
        <DayField name="firstDay" label={t('form.firstDay')} hint={t('form.firstDayHint')} />
        <DayField name="lastDay" label={t('form.lastDay')} hint={t('form.lastDayHint')} />
      </div>
      <FormField
        name="prefix"
        label={t('form.prefix')}
        hint={t('form.prefixHint')}
        rules={[{ pattern: /^[A-Za-z0-9]{0,8}$/, message: t('form.prefixBad') }]}
      >
        <Input maxLength={8} autoComplete="off" className="qm-promo-code" />
      </FormField>
      <Button type="primary" htmlType="submit" loading={create.running || update.running}>
        {coupon ? t('form.save') : t('form.submit')}
      </Button>
    </Form>
  );
}

function MoneyInput(props: { disabled?: boolean }) {
  const format = useFormat();
  return <InputNumber {...props} min={0} precision={format.currencyDigits} prefix={format.currencySymbol} />;
}

function DayField({ name, label, hint }: { name: 'firstDay' | 'lastDay'; label: string; hint: string }) {
  return (
    <FormField
      name={name}
      label={label}
      hint={hint}
      getValueProps={(day: string | null) => ({ value: day ? dayjs(day) : null })}
      normalize={(day: dayjs.Dayjs | null) => day?.format('YYYY-MM-DD') ?? null}
    >
      <DatePicker />
    </FormField>
  );
}

/** The sentence customers read, and a question where it is probably not meant. */
function Preview({ form }: { form: CouponForm | undefined }) {
  const { t } = useTranslation('promotion');
  const format = useFormat();
  const now = useNow();
  const draft = useMemo(() => (form ? draftOf(form, format) : null), [form, format]);
  if (!draft) return null;
  const odd = oddity(draft);
  return (
    <div className="qm-promo-preview" aria-live="polite">
      <span className="qm-note">{t('form.preview')}</span>
      <strong>
        {couponSentence(
          {
            ...draft,
            minimumCents: draft.minimumCents ?? 0,
            startsAt: draft.startsAt ?? null,
            endsAt: draft.endsAt ?? null,
          },
          t,
          format,
          now,
        )}
      </strong>
      {odd && <span className="qm-promo-odd">{t(`form.${odd}`)}</span>}
    </div>
  );
}

const OWN_FAULTS = ['cannot change', 'cannot rise', 'cannot be later', 'cannot be earlier'] as const;

/** The server speaks of minor units and moments; the form of amounts and days. */
function useFaults(form: ReturnType<typeof Form.useForm<CouponForm>>[0], fields?: Record<string, string>) {
  const { t } = useTranslation('promotion');
  useEffect(() => {
    if (!fields) return;
    form.setFields(
      Object.entries(fields).map(([path, fault]) => {
        const own = OWN_FAULTS.find((one) => one === fault);
        return { name: formField(path), errors: [own ? t(`form.fault.${own}`) : fault] };
      }),
    );
  }, [form, fields, t]);
}
