import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { App as AntdApp, ConfigProvider } from 'antd';
import antdEn from 'antd/es/locale/en_US';
import antdZh from 'antd/es/locale/zh_CN';
import { type ReactNode, useMemo, useState } from 'react';
import { I18nextProvider } from 'react-i18next';
import { ErrorWordsContext } from '../ui/states.tsx';
import { createI18n, languageAtStart } from './i18n.ts';
import { PreferencesProvider, usePreferences } from './preferences.tsx';
import { useProblemWords } from './problem-words.ts';
import { createQueryClient } from './query-client.ts';
import { createConsoleRouter } from './router.tsx';
import { antdTheme } from './theme.ts';

/** The whole console. */
export function App() {
  const [i18n] = useState(() => createI18n(languageAtStart()));
  const [router] = useState(createConsoleRouter);
  const [queries] = useState(() =>
    createQueryClient(() => {
      const { pathname, href } = router.history.location;
      if (pathname === '/sign-in') return;
      router.history.replace(`/sign-in?back=${encodeURIComponent(href)}`);
    }),
  );
  return (
    <I18nextProvider i18n={i18n}>
      <PreferencesProvider>
        <Look>
          <QueryClientProvider client={queries}>
            <ErrorWords>
              <RouterProvider router={router} />
            </ErrorWords>
          </QueryClientProvider>
        </Look>
      </PreferencesProvider>
    </I18nextProvider>
  );
}

function Look({ children }: { children: ReactNode }) {
  const { mode, language } = usePreferences();
  const theme = useMemo(() => antdTheme(mode), [mode]);
  return (
    <ConfigProvider
      theme={theme}
      locale={language === 'zh' ? antdZh : antdEn}
      button={{ autoInsertSpace: false }}
      form={{ requiredMark: 'optional' }}
    >
      <AntdApp>{children}</AntdApp>
    </ConfigProvider>
  );
}

function ErrorWords({ children }: { children: ReactNode }) {
  return <ErrorWordsContext value={useProblemWords()}>{children}</ErrorWordsContext>;
}
