import { Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { FormField } from '../ui/index.ts';

/** A password that is being chosen, typed twice. */
export function NewPassword({ name }: { name: string }) {
  const { t } = useTranslation('governance');
  return (
    <>
      <FormField
        name={name}
        label={t('password.next')}
        hint={t('password.hint')}
        rules={[{ required: true, min: 10, message: t('password.short') }]}
      >
        <Input.Password autoComplete="new-password" />
      </FormField>
      <FormField
        name="again"
        label={t('password.again')}
        dependencies={[name]}
        rules={[
          { required: true, message: t('password.missing') },
          ({ getFieldValue }) => ({
            validator: (_, value: string) =>
              !value || value === getFieldValue(name)
                ? Promise.resolve()
                : Promise.reject(new Error(t('password.differ'))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </FormField>
    </>
  );
}
