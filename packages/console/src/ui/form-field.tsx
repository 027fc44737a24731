import { Form, type FormInstance, type FormItemProps } from 'antd';
import { useEffect } from 'react';

/** Faults by field as a server names them (`email.subject`), for a form's own names (`['email', 'subject']`). */
export function fieldFaults(
  fields: Record<string, string>,
): { name: (string | number)[]; errors: string[] }[] {
  return Object.entries(fields).map(([path, fault]) => ({
    name: path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
    errors: [fault],
  }));
}

/** Shows the faults a server found beside the fields they belong to; they go when the field is changed. */
export function useFieldFaults(form: FormInstance, fields: Record<string, string> | undefined): void {
  useEffect(() => {
    if (fields) form.setFields(fieldFaults(fields) as Parameters<typeof form.setFields>[0]);
  }, [form, fields]);
}

/** A labelled field with an optional explanation beneath. */
export function FormField<Values>({ hint, ...item }: FormItemProps<Values> & { hint?: React.ReactNode }) {
  return <Form.Item {...item} extra={hint} />;
}
