import { FastForwardOutlined, StepForwardOutlined } from '@ant-design/icons';
import { api } from '@qianmian/contract';
import { type ActionContext, defineAction } from '../shell/actions.ts';

/** The bar follows the progress; the answer may come at once or when all of it is done. */
async function advance({ call, refresh }: ActionContext, hours: number): Promise<void> {
  await call(api.advanceDemo, { body: { hours } });
  await refresh(api.getDemo);
}

export const passDay = defineAction({
  id: 'demo.day',
  label: 'demo:actions.day',
  icon: StepForwardOutlined,
  demo: true,
  run: (context) => advance(context, 24),
});

export const passWeek = defineAction({
  id: 'demo.week',
  label: 'demo:actions.week',
  icon: FastForwardOutlined,
  demo: true,
  run: (context) => advance(context, 7 * 24),
});
