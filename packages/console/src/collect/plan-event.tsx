import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { PLAN_TYPES, type PlanEvent, type PlanProperty } from '@qianmian/contract';
import { Button, Input, InputNumber, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { eventName } from '../profile/names.ts';
import { newProperty } from './plan-draft.ts';

/** One expected event with its properties, to be edited. */
export function PlanEventEditor({
  event,
  disabled,
  onChange,
  onRemove,
}: {
  event: PlanEvent;
  disabled: boolean;
  onChange: (change: Partial<PlanEvent>) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation('collect');
  const { t: words } = useTranslation('profile');
  const change = (at: number, to: Partial<PlanProperty>) =>
    onChange({ properties: event.properties.map((one, i) => (i === at ? { ...one, ...to } : one)) });
  const heads = ['path', 'types', 'required', 'allowed', 'pattern', 'from', 'to', 'description'] as const;
  return (
    <details className="qm-panel qm-plan-event">
      <summary>
        <b>{eventName(words, event.name)}</b>
        <code>{event.name}</code>
        <span className="qm-note">
          {t('plan.properties')}: {event.properties.length}
        </span>
      </summary>
      <div className="qm-plan-body">
        <Input
          aria-label={t('plan.description')}
          placeholder={t('plan.description')}
          value={event.description}
          disabled={disabled}
          maxLength={500}
          onChange={(e) => onChange({ description: e.target.value })}
        />
        <div className="qm-plan-frame">
          <table className="qm-plan-table">
            <thead>
              <tr>
                {heads.map((head) => (
                  <th key={head} scope="col">
                    {t(`plan.${head}`)}
                  </th>
                ))}
                <td />
              </tr>
            </thead>
            <tbody>
              {event.properties.map((property, at) => (
                <PropertyRow
                  // biome-ignore lint/suspicious/noArrayIndexKey: its path is what is being edited
                  key={at}
                  property={property}
                  disabled={disabled}
                  onChange={(to) => change(at, to)}
                  onRemove={() => onChange({ properties: event.properties.filter((_, i) => i !== at) })}
                />
              ))}
            </tbody>
          </table>
        </div>
        {!disabled && (
          <div className="qm-held-bar">
            <Button
              icon={<PlusOutlined />}
              onClick={() => onChange({ properties: [...event.properties, newProperty(event)] })}
            >
              {t('plan.addProperty')}
            </Button>
            <Button type="text" danger icon={<DeleteOutlined />} onClick={onRemove}>
              {t('plan.removeEvent')}
            </Button>
          </div>
        )}
      </div>
    </details>
  );
}

function PropertyRow({
  property,
  disabled,
  onChange,
  onRemove,
}: {
  property: PlanProperty;
  disabled: boolean;
  onChange: (change: Partial<PlanProperty>) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation('collect');
  const label = (head: string) => `${property.path}: ${head}`;
  const isNumber = property.types.every((type) => type === 'number' || type === 'integer');
  const allowed = (values: string[]) =>
    values.map((value) =>
      property.types.length > 0 && isNumber && value.trim() !== '' && Number.isFinite(Number(value))
        ? Number(value)
        : value,
    );
  return (
    <tr>
      <td>
        <Input
          aria-label={label(t('plan.path'))}
          value={property.path}
          disabled={disabled}
          maxLength={200}
          onChange={(e) => onChange({ path: e.target.value })}
        />
      </td>
      <td>
        <Select
          mode="multiple"
          aria-label={label(t('plan.types'))}
          placeholder={t('plan.any')}
          value={property.types}
          disabled={disabled}
          onChange={(types) => onChange({ types })}
          options={PLAN_TYPES.map((type) => ({ value: type, label: t(`plan.type.${type}`) }))}
        />
      </td>
      <td>
        <Switch
          size="small"
          aria-label={label(t('plan.required'))}
          checked={property.required}
          disabled={disabled}
          onChange={(required) => onChange({ required })}
        />
      </td>
      <td>
        <Select
          mode="tags"
          aria-label={label(t('plan.allowed'))}
          value={(property.allowed ?? []).map(String)}
          disabled={disabled}
          onChange={(values: string[]) =>
            onChange({ allowed: values.length > 0 ? allowed(values) : undefined })
          }
          options={[]}
          suffixIcon={null}
        />
      </td>
      <td>
        <Input
          aria-label={label(t('plan.pattern'))}
          value={property.pattern ?? ''}
          disabled={disabled}
          maxLength={200}
          onChange={(e) => onChange({ pattern: e.target.value || undefined })}
        />
      </td>
      {(['min', 'max'] as const).map((bound) => (
        <td key={bound}>
          <InputNumber
            aria-label={label(t(bound === 'min' ? 'plan.from' : 'plan.to'))}
            value={property[bound] ?? null}
            disabled={disabled}
            onChange={(value) => onChange({ [bound]: value ?? undefined })}
          />
        </td>
      ))}
      <td>
        <Input
          aria-label={label(t('plan.description'))}
          value={property.description}
          disabled={disabled}
          maxLength={500}
          onChange={(e) => onChange({ description: e.target.value })}
        />
      </td>
      <td>
        {!disabled && (
          <Button
            type="text"
            icon={<DeleteOutlined />}
            aria-label={label(t('plan.removeProperty'))}
            onClick={onRemove}
          />
        )}
      </td>
    </tr>
  );
}
