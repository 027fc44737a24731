import { App } from 'antd';
import { useMemo } from 'react';

/** Short words about what just happened; they go by themselves. */
export function useToast() {
  const { message } = App.useApp();
  return useMemo(
    () => ({
      done: (text: string) => void message.success(text, 3),
      failed: (text: string) => void message.error(text, 7),
      note: (text: string) => void message.info(text, 4),
    }),
    [message],
  );
}
export type Toast = ReturnType<typeof useToast>;
