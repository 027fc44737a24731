import { useTranslation } from 'react-i18next';
import { TEMPLATES, type Template } from './templates.ts';
import './segment.css';

/** Segments to begin from, each with what it finds. */
export function TemplateCards({ onChoose }: { onChoose: (template: Template) => void }) {
  const { t } = useTranslation('segment');
  return (
    <ul className="qm-templates" aria-label={t('builder.templates')}>
      {TEMPLATES.map((template) => (
        <li key={template}>
          <button type="button" onClick={() => onChoose(template)}>
            <b>{t(`template.${template}`)}</b>
            <span>{t(`templateText.${template}`)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
