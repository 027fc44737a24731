import { FolderAddOutlined, PlusOutlined } from '@ant-design/icons';
import { type Condition, conditionDepth, MAX_CONDITION_DEPTH } from '@qianmian/contract';
import { Button, Dropdown, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { blankGroup, blankLeaf, LEAF_KINDS } from './blank.ts';
import { useBuilding } from './builder-context.ts';
import { placeKey } from './faults.ts';
import { LeafEditor } from './leaf-editor.tsx';
import { PartMenu, useMoveKeys } from './part-menu.tsx';
import {
  at,
  changeAt,
  childrenOf,
  insertAt,
  isLeaf,
  type Mode,
  modeOf,
  type Path,
  shown,
  withMode,
} from './tree.ts';

/** One part of the tree with everything below it: a group or a single condition, perhaps turned round. */
function PartEditor({ path }: { path: Path }) {
  const { root } = useBuilding();
  const part = at(root, path);
  if (!part) return null;
  const { inner, negated } = shown(part);
  if (isLeaf(inner)) return <LeafEditor path={path} leaf={inner} negated={negated} />;
  return <GroupEditor path={path} />;
}

/** A group: how it asks, its parts one under the other, and what can be added. */
export function GroupEditor({ path }: { path: Path }) {
  const { t } = useTranslation('segment');
  const { root, edit } = useBuilding();
  const byKey = useMoveKeys(path);
  const group = at(root, path);
  if (!group) return null;
  const { inner, negated } = shown(group);
  const mode = modeOf(group);
  const innerPath = negated ? [...path, 0] : path;
  const parts = childrenOf(inner);
  const isRoot = path.length === 0;
  const modes: Mode[] = mode === 'notAll' ? ['all', 'any', 'none', 'notAll'] : ['all', 'any', 'none'];
  const setMode = (next: Mode) => edit(changeAt(root, path, (c) => withMode(c, next)));
  return (
    <section
      className={`qm-rule-group qm-rule-${mode}`}
      data-place={placeKey(path)}
      tabIndex={-1}
      aria-label={t(`builder.mode.${mode}`)}
      onKeyDown={byKey}
    >
      <header className="qm-rule-head">
        <Segmented<Mode>
          size="small"
          aria-label={t('builder.modeLabel')}
          value={mode}
          options={modes.map((value) => ({ value, label: t(`builder.mode.${value}`) }))}
          onChange={setMode}
        />
        {!isRoot && <PartMenu path={path} label={t('builder.moreGroup')} />}
      </header>
      {parts.length === 0 ? (
        <p className="qm-note qm-rule-empty">
          {t(inner.kind === 'all' ? 'builder.emptyAll' : 'builder.emptyAny')}
        </p>
      ) : (
        <ol className="qm-rule-parts">
          {parts.map((_, n) => {
            const place = [...innerPath, n];
            return (
              <li key={placeKey(place)}>
                {n > 0 && (
                  <span className="qm-rule-between" aria-hidden="true">
                    {t(`builder.between.${mode}`)}
                  </span>
                )}
                <PartEditor path={place} />
              </li>
            );
          })}
        </ol>
      )}
      <footer className="qm-rule-add">
        <AddCondition
          onAdd={(leaf) =>
            edit(insertAt(root, innerPath, parts.length, leaf), { focus: [...innerPath, parts.length] })
          }
        />
        <Button
          type="text"
          size="small"
          icon={<FolderAddOutlined />}
          disabled={path.length >= MAX_CONDITION_DEPTH - 3 || conditionDepth(root) >= MAX_CONDITION_DEPTH}
          onClick={() =>
            edit(insertAt(root, innerPath, parts.length, blankGroup(inner)), {
              focus: [...innerPath, parts.length],
            })
          }
        >
          {t('builder.addGroup')}
        </Button>
      </footer>
    </section>
  );
}

function AddCondition({ onAdd }: { onAdd: (leaf: Condition) => void }) {
  const { t } = useTranslation('segment');
  return (
    <Dropdown
      autoFocus
      trigger={['click']}
      menu={{
        items: LEAF_KINDS.map((kind) => ({
          key: kind,
          label: (
            <span className="qm-two-lines">
              <span>{t(`kind.${kind}`)}</span>
              <small>{t(`kindHint.${kind}`)}</small>
            </span>
          ),
          onClick: () => onAdd(blankLeaf(kind)),
        })),
      }}
    >
      <Button size="small" icon={<PlusOutlined />}>
        {t('builder.add')}
      </Button>
    </Dropdown>
  );
}
