import type { PullTable } from '@qianmian/contract';
import { Form, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { FormField } from '../ui/index.ts';
import './pulls.css';
import { isTime, overlapFor } from './pull-words.ts';

/** How a table is followed: fields of a form around it. */
export function ReadingFields({ table }: { table: PullTable }) {
  const { t } = useTranslation('collect');
  const form = Form.useFormInstance<{ cursor?: string; overlap?: number }>();
  const cursor = Form.useWatch('cursor', form);
  const columns = table.columns.map(({ name, type }) => ({ value: name, label: `${name} · ${type}` }));
  const typeOf = (name: string | undefined) => table.columns.find((one) => one.name === name)?.type ?? '';
  const needed = [{ required: true, message: t('pull.needed') }];
  return (
    <div className="qm-pull-fields">
      <FormField name="cursor" label={t('pull.cursor')} hint={t('pull.cursorHint')} rules={needed}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          options={columns}
          onChange={(next: string) => form.setFieldValue('overlap', overlapFor(typeOf(next)))}
        />
      </FormField>
      <FormField name="key" label={t('pull.key')} hint={t('pull.keyHint')} rules={needed}>
        <Select mode="multiple" maxCount={4} options={columns} showSearch={{ optionFilterProp: 'label' }} />
      </FormField>
      <FormField
        name="overlap"
        label={t(isTime(typeOf(cursor)) ? 'pull.overlapTime' : 'pull.overlapNumber')}
        hint={t('pull.overlapHint')}
      >
        <InputNumber min={0} max={10_000_000} changeOnWheel={false} />
      </FormField>
    </div>
  );
}
