import { DeleteOutlined, InboxOutlined } from '@ant-design/icons';
import { api } from '@qianmian/contract';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Progress, Radio } from 'antd';
import { type DragEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGo, useTo } from '../shell/address.ts';
import { upload } from '../shell/api.ts';
import { useProblemWords } from '../shell/problem-words.ts';
import { useWorkspaceId } from '../shell/session.tsx';
import { refresh } from '../shell/use-api.ts';
import { Page, Panel, useFormat, useToast } from '../ui/index.ts';
import './collect.css';
import { CurrencyStays } from './currency-stays.tsx';
import { addFiles, droppedFiles } from './dropped-files.ts';
import { foreignCurrency, WAYS, type Way } from './presets.ts';

/** Files first, then what they are; the server then says what it makes of them, and nothing is imported yet. */
export default function NewImportPage() {
  const { t } = useTranslation('collect');
  const to = useTo();
  const format = useFormat();
  const [files, setFiles] = useState<File[]>([]);
  const [way, setWay] = useState<Way>('guess');
  const sending = useUpload();
  return (
    <Page
      narrow
      title={t('pages.newImport')}
      headline={t('new.headline')}
      note={t('new.note')}
      breadcrumbs={[{ label: t('pages.imports'), href: to('/imports') }]}
    >
      <Panel title={t('new.files')} note={t('new.filesNote')}>
        <DropArea onFiles={(more) => setFiles((chosen) => addFiles(chosen, more))} />
        <Chosen files={files} onRemove={(gone) => setFiles(files.filter((file) => file !== gone))} />
      </Panel>
      <Panel title={t('new.what')} note={t('new.whatNote')}>
        <Radio.Group
          aria-label={t('new.what')}
          className="qm-ways"
          value={way}
          onChange={(event) => setWay(event.target.value as Way)}
        >
          {WAYS.map((one) => (
            <Radio key={one} value={one}>
              <b>{t(`way.${one}.name`)}</b>
              <span className="qm-note">{t(`way.${one}.text`)}</span>
            </Radio>
          ))}
        </Radio.Group>
      </Panel>
      <CurrencyStays currency={foreignCurrency(way, format.currency)} />
      <div className="qm-collect-end">
        {sending.share === null ? (
          <Button
            type="primary"
            size="large"
            disabled={files.length === 0}
            onClick={() => void sending.send(files, way)}
          >
            {files.length === 0 ? t('new.submitNone') : t('new.submit', { count: files.length })}
          </Button>
        ) : (
          <div className="qm-collect-progress" role="status">
            <span>{sending.share < 1 ? t('new.uploading') : t('new.reading')}</span>
            <Progress percent={Math.round(sending.share * 100)} aria-label={t('new.uploading')} />
            <Button onClick={sending.cancel}>{t('new.cancel')}</Button>
          </div>
        )}
      </div>
    </Page>
  );
}

/** Sends the files and goes on to what was found in them. */
function useUpload() {
  const workspace = useWorkspaceId();
  const client = useQueryClient();
  const go = useGo();
  const toast = useToast();
  const words = useProblemWords();
  const [share, setShare] = useState<number | null>(null);
  const stopper = useRef<AbortController>(undefined);
  const send = async (files: readonly File[], way: Way) => {
    const form = new FormData();
    for (const file of files) form.append('files', file, file.name);
    stopper.current = new AbortController();
    setShare(0);
    try {
      const given = { params: { workspace }, query: way === 'guess' ? {} : { preset: way } };
      const run = await upload(api.createImport, given, form, {
        onProgress: setShare,
        signal: stopper.current.signal,
      });
      // The server takes what it knows by its columns for what it is; whoever knows better chooses otherwise next.
      void refresh(client, [api.listImports]);
      go(`/imports/${run.id}`);
    } catch (error) {
      if (!stopper.current.signal.aborted) toast.failed(words(error).text);
      setShare(null);
    }
  };
  return { share, send, cancel: () => stopper.current?.abort() };
}

function DropArea({ onFiles }: { onFiles: (files: File[]) => void }) {
  const { t } = useTranslation('collect');
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFiles(await droppedFiles(event.dataTransfer));
  };
  const hidden = (input: typeof files, extra: object, label: string) => (
    <input
      ref={input}
      type="file"
      multiple
      hidden
      aria-label={label}
      {...extra}
      onChange={(event) => {
        onFiles([...(event.target.files ?? [])]);
        event.target.value = '';
      }}
    />
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the two buttons inside do the same
    <div
      className={over ? 'qm-drop qm-drop-over' : 'qm-drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => void drop(event)}
    >
      <InboxOutlined aria-hidden="true" />
      <p>{t('new.drop')}</p>
      <span className="qm-drop-buttons">
        <Button onClick={() => files.current?.click()}>{t('new.choose')}</Button>
        <Button onClick={() => folder.current?.click()}>{t('new.chooseFolder')}</Button>
      </span>
      <p className="qm-note">{t('new.formats')}</p>
      {hidden(files, {}, t('new.choose'))}
      {hidden(folder, { webkitdirectory: '' }, t('new.chooseFolder'))}
    </div>
  );
}

function Chosen({ files, onRemove }: { files: readonly File[]; onRemove: (file: File) => void }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  if (files.length === 0) return null;
  return (
    <ul className="qm-chosen" aria-label={t('new.chosen')}>
      {files.map((file) => (
        <li key={`${file.webkitRelativePath || file.name}:${file.size}`}>
          <span className="qm-wrap">{file.name}</span>
          <span className="qm-note">{format.bytes(file.size)}</span>
          <Button
            type="text"
            size="small"
            icon={<DeleteOutlined />}
            aria-label={t('new.remove', { name: file.name })}
            onClick={() => onRemove(file)}
          />
        </li>
      ))}
    </ul>
  );
}
