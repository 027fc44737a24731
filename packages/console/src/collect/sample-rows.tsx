import { useTranslation } from 'react-i18next';
import type { ImportFile } from './import-file.tsx';

/** The first rows as the file has them. */
export function SampleRows({ file }: { file: ImportFile }) {
  const { t } = useTranslation('collect');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="qm-sample" aria-label={t('file.sample', { name: file.name })} tabIndex={0}>
      <table className="qm-plain-table">
        <thead>
          <tr>
            {file.headers.map((header) => (
              <th key={header} scope="col">
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {file.sample.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a sample have no other key
            <tr key={at}>
              {file.headers.map((header) => (
                <td key={header}>{cellText(row[header])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A cell as text; empty where the file has nothing. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
