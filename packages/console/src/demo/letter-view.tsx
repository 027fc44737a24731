import { api } from '@qianmian/contract';
import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useTo } from '../shell/address.ts';
import { useApi } from '../shell/use-api.ts';
import { Answer, DateText, Facts, Loading, Page, Panel } from '../ui/index.ts';
import { letterDocument } from './letter-document.ts';

/** One letter: as it looks, as plain text, and its headers. */
export function LetterView({ id }: { id: string }) {
  const { t } = useTranslation('demo');
  const to = useTo();
  const query = useApi(api.getLetter, { params: { id } });
  const subject = query.data?.subject || t('mailbox.noSubject');
  return (
    <Page
      title={query.data ? subject : t('pages.mailbox')}
      breadcrumbs={[{ label: t('mailbox.back'), href: to('/mailbox') }]}
    >
      <Answer of={query} loading={<Loading kind="page" />}>
        {(letter) => (
          <>
            <Facts
              of={[
                { label: t('mailbox.from'), value: letter.from },
                { label: t('mailbox.to'), value: letter.to },
                { label: t('mailbox.received'), value: <DateText at={letter.receivedAt} as="dateTime" /> },
              ]}
            />
            <Tabs
              items={[
                {
                  key: 'html',
                  label: t('mailbox.html'),
                  children: (
                    <iframe
                      className="qm-letter"
                      title={t('mailbox.frame', { subject })}
                      sandbox="allow-popups allow-popups-to-escape-sandbox"
                      srcDoc={letterDocument(letter.html)}
                    />
                  ),
                },
                {
                  key: 'text',
                  label: t('mailbox.text'),
                  children: <pre className="qm-code">{letter.text}</pre>,
                },
                {
                  key: 'headers',
                  label: t('mailbox.headers'),
                  children: (
                    <Panel title={t('mailbox.headers')}>
                      <table className="qm-plain-table">
                        <tbody>
                          {letter.headers.map((header, at) => (
                            // biome-ignore lint/suspicious/noArrayIndexKey: a header may stand twice, in order
                            <tr key={at}>
                              <th scope="row">{header.name}</th>
                              <td>
                                <code className="qm-wrap">{header.value}</code>
                              </td>
                            </tr>
                          ))}
                        </tbody>
                      </table>
                    </Panel>
                  ),
                },
              ]}
            />
          </>
        )}
      </Answer>
    </Page>
  );
}
