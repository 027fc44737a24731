import { DeleteOutlined, MoreOutlined } from '@ant-design/icons';
import { MAX_CONDITION_DEPTH } from '@qianmian/contract';
import { Button, Dropdown, type MenuProps } from 'antd';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useBuilding } from './builder-context.ts';
import {
  at,
  childrenOf,
  duplicateAt,
  isGroup,
  moveAt,
  type Path,
  removeAt,
  unwrapAt,
  wrapAt,
} from './tree.ts';

/** Alt with an arrow moves the part one place within its group. */
export function useMoveKeys(path: Path) {
  const { root, edit } = useBuilding();
  return (event: KeyboardEvent) => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (!event.altKey || by === 0 || path.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const moved = moveAt(root, path, by);
    if (moved !== root && at(moved, path) !== at(root, path))
      edit(moved, { focus: [...path.slice(0, -1), (path.at(-1) ?? 0) + by] });
  };
}

/** What can be done with a part: move, duplicate, group, dissolve, remove. */
export function PartMenu({ path, label }: { path: Path; label: string }) {
  const { t } = useTranslation('segment');
  const { root, edit } = useBuilding();
  const step = path.at(-1) ?? 0;
  const parent = path.slice(0, -1);
  const siblings = childrenOf(at(root, parent) ?? root).length;
  const part = at(root, path);
  const next = (n: number): Path => [...parent, n];
  const afterRemoval = siblings > 1 ? next(Math.min(step, siblings - 2)) : parent;
  const items: MenuProps['items'] = [
    {
      key: 'up',
      label: t('builder.up'),
      disabled: step === 0,
      onClick: () => edit(moveAt(root, path, -1), { focus: next(step - 1) }),
    },
    {
      key: 'down',
      label: t('builder.down'),
      disabled: step >= siblings - 1,
      onClick: () => edit(moveAt(root, path, 1), { focus: next(step + 1) }),
    },
    {
      key: 'duplicate',
      label: t('builder.duplicate'),
      onClick: () => edit(duplicateAt(root, path), { focus: next(step + 1) }),
    },
    {
      key: 'wrap',
      label: t('builder.wrap'),
      disabled: path.length >= MAX_CONDITION_DEPTH - 3,
      onClick: () => edit(wrapAt(root, path, 'any'), { focus: path }),
    },
    ...(part && isGroup(part)
      ? [{ key: 'unwrap', label: t('builder.unwrap'), onClick: () => edit(unwrapAt(root, path)) }]
      : []),
    { type: 'divider' },
    {
      key: 'remove',
      label: t('builder.remove'),
      icon: <DeleteOutlined />,
      danger: true,
      onClick: () => edit(removeAt(root, path), { focus: afterRemoval }),
    },
  ];
  return (
    <Dropdown autoFocus trigger={['click']} menu={{ items }}>
      <Button type="text" size="small" icon={<MoreOutlined />} aria-label={label} title={label} />
    </Dropdown>
  );
}
