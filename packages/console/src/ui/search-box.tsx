import { SearchOutlined } from '@ant-design/icons';
import { Input } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** A search field that waits until the typing pauses. */
export function SearchBox({
  value,
  onSearch,
  placeholder,
  width = 280,
}: {
  value: string;
  onSearch: (value: string) => void;
  placeholder: string;
  width?: number;
}) {
  const { t } = useTranslation('ui');
  const [typed, setTyped] = useState(value);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => () => clearTimeout(waiting.current), []);
  const search = (next: string, delay: number) => {
    setTyped(next);
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => onSearch(next.trim()), delay);
  };
  return (
    <Input
      allowClear
      role="searchbox"
      className="qm-search"
      style={{ maxWidth: width }}
      prefix={<SearchOutlined aria-hidden="true" />}
      aria-label={placeholder || t('search')}
      placeholder={placeholder}
      value={typed}
      onChange={(event) => search(event.target.value, 250)}
      onPressEnter={() => search(typed, 0)}
    />
  );
}
