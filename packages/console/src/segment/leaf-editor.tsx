import { CloseOutlined } from '@ant-design/icons';
import type { ConditionLeaf } from '@qianmian/contract';
import { Button, Checkbox } from 'antd';
import { useTranslation } from 'react-i18next';
import { useBuilding } from './builder-context.ts';
import { faultWords, isFinished, placeKey } from './faults.ts';
import { LeafFields } from './leaf-fields.tsx';
import { PartMenu, useMoveKeys } from './part-menu.tsx';
import { leafSentence } from './sentence.ts';
import { changeAt, negateAt, type Path, removeAt } from './tree.ts';

/** One condition: its fields, what it says in words, and what is wrong with it. */
export function LeafEditor({ path, leaf, negated }: { path: Path; leaf: ConditionLeaf; negated: boolean }) {
  const { t } = useTranslation('segment');
  const { root, edit, faults, strict, writing } = useBuilding();
  const innerPath = negated ? [...path, 0] : path;
  const finished = isFinished(leaf);
  const found = faults.get(placeKey(innerPath)) ?? [];
  const isWrong = found.length > 0 && (finished || strict.has(leaf));
  const words = leafSentence(leaf, writing);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend of its own beside the label
    <div
      role="group"
      className={`qm-rule-leaf${negated ? ' qm-rule-negated' : ''}${isWrong ? ' qm-rule-wrong' : ''}`}
      data-place={placeKey(path)}
      tabIndex={-1}
      aria-label={words}
      onKeyDown={useMoveKeys(path)}
    >
      <div className="qm-rule-top">
        <span className="qm-rule-kind">{t(`kind.${leaf.kind}`)}</span>
        <div className="qm-rule-tools">
          <Checkbox
            checked={negated}
            title={t('builder.excludeOn')}
            onChange={() => edit(negateAt(root, path))}
          >
            {t('builder.exclude')}
          </Checkbox>
          <PartMenu path={path} label={t('builder.more')} />
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined />}
            aria-label={`${t('builder.remove')}: ${words}`}
            title={t('builder.remove')}
            onClick={() => edit(removeAt(root, path), { focus: path.slice(0, -1) })}
          />
        </div>
      </div>
      <div className="qm-rule-fields" data-fields>
        <LeafFields
          leaf={leaf}
          onChange={(next, field) =>
            edit(
              changeAt(root, innerPath, () => next),
              {
                field: field && `${placeKey(innerPath)}:${field}`,
              },
            )
          }
        />
      </div>
      {isWrong ? (
        <p className="qm-rule-fault" role="alert">
          {[...new Set(found.map((fault) => faultWords(fault.text, t)))].join(' · ')}
        </p>
      ) : (
        <p className="qm-rule-sentence">
          {negated && <span className="qm-rule-except">{t('builder.exclude')}</span>}
          {words}
          {!finished && <span className="qm-rule-open"> · {t('builder.unfinished')}</span>}
        </p>
      )}
    </div>
  );
}
