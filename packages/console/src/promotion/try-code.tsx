import { type AnswerOf, api } from '@qianmian/contract';
import { Alert, Button, Form, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../shell/use-api.ts';
import { FormField, Panel, useFormat } from '../ui/index.ts';
import { refusalKey } from './coupon-words.ts';
import './promotion.css';

interface Asked {
  code: string;
  basket: number;
}
type Quote = AnswerOf<typeof api.quoteCode>;

/** What a till would be told about a code, without redeeming it. */
export function TryCode() {
  const { t } = useTranslation('promotion');
  const format = useFormat();
  const quote = useAction(api.quoteCode);
  const [told, setTold] = useState<{ quote: Quote; basketCents: number } | null>(null);
  const ask = async ({ code, basket }: Asked) => {
    const basketCents = format.minor(basket);
    const answer = await quote.run({ body: { code, basketCents } });
    setTold(answer ? { quote: answer, basketCents } : null);
  };
  const required = [{ required: true, message: t('try.missing') }];
  return (
    <Panel title={t('try.title')} note={t('try.note')}>
      <Form<Asked> layout="vertical" requiredMark={false} onFinish={ask} className="qm-promo-try">
        <FormField
          name="code"
          label={t('try.code')}
          rules={[{ ...required[0], min: 4, message: t('try.missing') }]}
        >
          <Input autoComplete="off" maxLength={40} className="qm-promo-code" />
        </FormField>
        <FormField name="basket" label={t('try.basket')} rules={required}>
          <InputNumber min={0} precision={format.currencyDigits} prefix={format.currencySymbol} />
        </FormField>
        <Button htmlType="submit" loading={quote.running}>
          {t('try.submit')}
        </Button>
      </Form>
      <div aria-live="polite">{told && <Told {...told} />}</div>
    </Panel>
  );
}

function Told({ quote, basketCents }: { quote: Quote; basketCents: number }) {
  const { t } = useTranslation('promotion');
  const format = useFormat();
  if (quote.valid)
    return (
      <Alert
        type="success"
        showIcon
        title={t('try.counts', {
          discount: format.money(quote.discountCents),
          rest: format.money(basketCents - quote.discountCents),
          coupon: quote.couponName ?? quote.code,
        })}
      />
    );
  const key = refusalKey(quote.reason);
  const reason = key ? t(`try.${key}`) : t('try.other', { reason: quote.reason ?? '' });
  return <Alert type="warning" showIcon title={t('try.countsNot', { reason })} />;
}
