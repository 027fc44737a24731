import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { api, type Customer } from '@qianmian/contract';
import { AutoComplete, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { useAction, useApi } from '../shell/use-api.ts';
import { Anchor, Panel } from '../ui/index.ts';

const REFRESHES = [api.getCustomer, api.listTags, api.listCustomers];

/** Tags of a customer, to give and take. */
export function CustomerTags({ customer }: { customer: Customer }) {
  const { t } = useTranslation('profile');
  const to = useTo();
  const canWrite = useCan('customer.write');
  const [adding, setAdding] = useState(false);
  const remove = useAction(api.removeTag, { refreshes: REFRESHES });
  const params = { personId: customer.personId };
  return (
    <Panel title={t('customer.tags')}>
      <div className="qm-chips">
        {customer.tags.map((tag) => (
          <span key={tag.name} className="qm-chip">
            <Anchor href={to('/customers', { tag: tag.name })}>{tag.label || tag.name}</Anchor>
            {canWrite && (
              <button
                type="button"
                disabled={remove.running}
                aria-label={t('customer.removeTag', { tag: tag.label || tag.name })}
                onClick={() => void remove.run({ params: { ...params, tag: tag.name } })}
              >
                <CloseOutlined />
              </button>
            )}
          </span>
        ))}
        {customer.tags.length === 0 && !adding && <p className="qm-note">{t('customer.noTags')}</p>}
        {canWrite &&
          (adding ? (
            <AddTag customer={customer} onDone={() => setAdding(false)} />
          ) : (
            <Button size="small" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
              {t('customer.addTag')}
            </Button>
          ))}
      </div>
    </Panel>
  );
}

function AddTag({ customer, onDone }: { customer: Customer; onDone: () => void }) {
  const { t } = useTranslation('profile');
  const [typed, setTyped] = useState('');
  const { data } = useApi(api.listTags, {}, { staleMs: 60_000 });
  const add = useAction(api.addTag, { refreshes: REFRESHES });
  const carried = new Set(customer.tags.map((tag) => tag.name));
  const give = async (name: string) => {
    const tag = name.trim();
    if (tag) await add.run({ params: { personId: customer.personId, tag } });
    onDone();
  };
  return (
    <AutoComplete
      autoFocus
      defaultOpen
      size="small"
      style={{ width: 200 }}
      aria-label={t('customer.addTag')}
      placeholder={t('customer.addTagPlaceholder')}
      value={typed}
      disabled={add.running}
      onChange={setTyped}
      options={(data ?? [])
        .filter((tag) => !carried.has(tag.name))
        .map((tag) => ({ value: tag.name, label: tag.label || tag.name }))}
      showSearch={{
        filterOption: (text, option) =>
          `${option?.label} ${option?.value}`.toLowerCase().includes(text.toLowerCase()),
      }}
      onSelect={(name: string) => void give(name)}
      onInputKeyDown={(event) => {
        if (event.key === 'Escape') onDone();
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) void give(typed);
      }}
      onBlur={() => {
        if (!typed) onDone();
      }}
    />
  );
}
