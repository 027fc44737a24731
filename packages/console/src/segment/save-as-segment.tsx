import { api, type Condition } from '@qianmian/contract';
import { Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { useGo } from '../shell/address.ts';
import { useAction } from '../shell/use-api.ts';
import { FormField, useFieldFaults, useFormat, useToast } from '../ui/index.ts';

interface SaveAsSegmentProps {
  condition: Condition;
  people: number;
  suggested: string;
  onClose: () => void;
}

/** Asks for a name and keeps the people of a list as a segment. */
export function SaveAsSegment({ condition, people, suggested, onClose }: SaveAsSegmentProps) {
  const { t } = useTranslation('profile');
  const { t: words } = useTranslation('segment');
  const format = useFormat();
  const toast = useToast();
  const go = useGo();
  const [form] = Form.useForm<{ name: string }>();
  const save = useAction(api.createSegment, { refreshes: [api.listSegments] });
  useFieldFaults(form, save.fields);
  const run = async ({ name }: { name: string }) => {
    const made = await save.run({ body: { name, condition } });
    if (!made) return;
    toast.done(
      words('done.saved', {
        name: made.name,
        count: made.size ?? 0,
        people: format.number(made.size ?? 0),
      }),
    );
    go(`/segments/${made.id}`);
  };
  return (
    <Modal
      open
      title={t('list.saveTitle', { people: format.number(people) })}
      okText={t('list.saveVerb')}
      okButtonProps={{ htmlType: 'submit', form: 'save-as-segment', loading: save.running }}
      onCancel={onClose}
    >
      <p className="qm-note qm-gap-below">{t('list.saveText')}</p>
      <Form
        id="save-as-segment"
        form={form}
        layout="vertical"
        initialValues={{ name: suggested }}
        onFinish={(values) => void run(values)}
      >
        <FormField
          name="name"
          label={t('list.saveName')}
          rules={[{ required: true, whitespace: true, message: words('fault.empty') }]}
        >
          <Input autoFocus maxLength={80} />
        </FormField>
      </Form>
    </Modal>
  );
}
