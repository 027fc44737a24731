import { type ReactNode, useId } from 'react';

/** A control with its name above; the control is given the id that ties them. */
export function Labelled({
  label,
  hint,
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  children: (id: string) => ReactNode;
}) {
  const id = useId();
  return (
    <div className="qm-labelled">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {hint}
    </div>
  );
}
