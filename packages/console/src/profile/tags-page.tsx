import { TagsOutlined } from '@ant-design/icons';
import { api } from '@qianmian/contract';
import { Form, Input, Modal } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useTo } from '../shell/address.ts';
import { ActionButton, ActionMenu } from '../shell/use-actions.tsx';
import { useAction, useApi } from '../shell/use-api.ts';
import {
  Answer,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  FormField,
  Loading,
  Page,
  useAddressState,
  useFieldFaults,
  useFormat,
  useToast,
} from '../ui/index.ts';
import { type CustomerTag, createTag, deleteTag, editTag } from './actions.ts';

/** `new`, or `tag:` and the name of the one that is changed. */
const view = z.object({ edit: z.string().max(70).optional() });

/** Judgements given by hand, and how many carry each; a row leads to them. */
export default function TagsPage() {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const to = useTo();
  const [{ edit }, setView] = useAddressState(view);
  const query = useApi(api.listTags, {});
  const columns = useTagColumns();
  const tags = query.data ?? [];
  const carried = tags.reduce((sum, tag) => sum + tag.people, 0);
  const edited = edit === 'new' ? null : tags.find((tag) => `tag:${tag.name}` === edit);
  return (
    <Page
      title={t('pages.tags')}
      headline={
        tags.length > 0
          ? t('tags.headline', {
              count: tags.length,
              tags: format.number(tags.length),
              people: format.number(carried),
            })
          : undefined
      }
      actions={tags.length > 0 && <ActionButton action={createTag} subject={undefined} type="primary" />}
    >
      <Answer of={query} loading={<Loading kind="table" />}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState
              icon={<TagsOutlined />}
              title={t('tags.empty')}
              text={t('tags.emptyText')}
              action={<ActionButton action={createTag} subject={undefined} type="primary" />}
            />
          ) : (
            <DataTable
              id="tags"
              label={t('pages.tags')}
              columns={columns}
              rows={rows}
              rowKey={(tag) => tag.name}
              rowHref={(tag) => to('/customers', { tag: tag.name })}
              sortAtFirst={{ by: 'people', order: 'desc' }}
            />
          )
        }
      </Answer>
      {edited !== undefined && edit && (
        <TagForm tag={edited} onClose={() => setView({ edit: undefined }, { replace: true })} />
      )}
    </Page>
  );
}

function useTagColumns(): Column<CustomerTag>[] {
  const { t } = useTranslation('profile');
  const format = useFormat();
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('tags.name'),
        always: true,
        sortable: true,
        width: 240,
        value: (tag) => tag.label || tag.name,
        cell: (tag) => (
          <span className="qm-two-lines">
            <span>{tag.label || tag.name}</span>
            {tag.label && <small>{tag.name}</small>}
          </span>
        ),
      },
      { key: 'description', title: t('tags.description'), width: 380, value: (tag) => tag.description },
      {
        key: 'people',
        title: t('tags.people'),
        align: 'right',
        sortable: true,
        width: 120,
        value: (tag) => tag.people,
        cell: (tag) => format.number(tag.people),
      },
      {
        key: 'createdAt',
        title: t('tags.createdAt'),
        sortable: true,
        width: 150,
        value: (tag) => tag.createdAt,
        cell: (tag) => <DateText at={tag.createdAt} />,
      },
      {
        key: 'do',
        title: '',
        always: true,
        align: 'right',
        width: 64,
        cell: (tag) => <ActionMenu actions={[editTag, deleteTag]} subject={tag} />,
      },
    ],
    [t, format],
  );
}

interface TagValues {
  name: string;
  label: string;
  description: string;
}

function TagForm({ tag, onClose }: { tag: CustomerTag | null; onClose: () => void }) {
  const { t } = useTranslation('profile');
  const toast = useToast();
  const [form] = Form.useForm<TagValues>();
  const save = useAction(api.createTag, { refreshes: [api.listTags, api.getCustomer] });
  useFieldFaults(form, save.fields);
  const run = async (values: TagValues) => {
    const made = await save.run({ body: { ...values, name: tag?.name ?? values.name } });
    if (!made) return;
    toast.done(t('tags.saved', { tag: made.label || made.name }));
    onClose();
  };
  return (
    <Modal
      open
      title={tag ? t('tags.editTitle', { tag: tag.label || tag.name }) : t('tags.createTitle')}
      okText={t('tags.save')}
      okButtonProps={{ htmlType: 'submit', form: 'tag-form', loading: save.running }}
      onCancel={onClose}
    >
      <Form
        id="tag-form"
        form={form}
        layout="vertical"
        initialValues={tag ?? { name: '', label: '', description: '' }}
        onFinish={(values) => void run(values)}
      >
        <FormField name="name" label={t('tags.name')} hint={t('tags.nameHint')} rules={[{ required: !tag }]}>
          <Input autoFocus={!tag} disabled={tag !== null} maxLength={60} />
        </FormField>
        <FormField name="label" label={t('tags.label')} hint={t('tags.labelHint')}>
          <Input maxLength={80} />
        </FormField>
        <FormField name="description" label={t('tags.description')} hint={t('tags.descriptionHint')}>
          <Input.TextArea maxLength={400} autoSize={{ minRows: 2, maxRows: 6 }} />
        </FormField>
      </Form>
    </Modal>
  );
}
