export const SNIPPET_KINDS = ['site', 'miniProgram', 'browser', 'node', 'curl'] as const;
export type SnippetKind = (typeof SNIPPET_KINDS)[number];

/** Code that sends a first event, with address and key filled in. */
export function snippet(kind: SnippetKind, origin: string, writeKey: string): string {
  const { host, protocol } = new URL(origin);
  const scheme = protocol.replace(':', '');
  if (kind === 'site')
    return `<script>
!function(w,d,n,u){w[n]=w[n]||function(){(w[n].q=w[n].q||[]).push([arguments,Date.now()])};
var s=d.createElement('script');s.async=true;s.src=u;d.head.appendChild(s)}
(window,document,'qianmian','${origin}/sdk/qianmian.js');

qianmian('init', { writeKey: '${writeKey}' });
</script>

<script>
qianmian('productViewed', { product_id: 'SKU-1', price: 19.9 });
qianmian('identify', 'customer-1', { email: 'ann@example.com', name: 'Ann Lee' });
</script>`;
  if (kind === 'miniProgram')
    return `// ${origin}/sdk/qianmian.mini.js → libs/qianmian.js
const { createTracker } = require('./libs/qianmian.js');

const tracker = createTracker({ writeKey: '${writeKey}', url: '${origin}' });

App({
  onLaunch() {
    tracker.identify('customer-1', { name: 'Ann Lee' });
    tracker.productViewed({ product_id: 'SKU-1', price: 19.9 });
  },
});`;
  if (kind === 'browser')
    return `// npm install @segment/analytics-next
import { AnalyticsBrowser } from '@segment/analytics-next';

const analytics = AnalyticsBrowser.load({
  writeKey: '${writeKey}',
  cdnSettings: {
    integrations: {
      'Segment.io': { apiKey: '${writeKey}', apiHost: '${host}/v1', protocol: '${scheme}' },
    },
  },
});

analytics.page();
analytics.identify('customer-1', { email: 'ann@example.com', name: 'Ann Lee' });
analytics.track('Product Viewed', { product_id: 'SKU-1', price: 19.9 });`;
  if (kind === 'node')
    return `// npm install @segment/analytics-node
import { Analytics } from '@segment/analytics-node';

const analytics = new Analytics({ writeKey: '${writeKey}', host: '${origin}' });

analytics.track({
  userId: 'customer-1',
  event: 'Order Completed',
  properties: {
    order_id: 'A-1001',
    products: [{ product_id: 'SKU-1', name: 'Tea', price: 19.9, quantity: 2 }],
  },
});
await analytics.closeAndFlush();`;
  return `curl ${origin}/v1/track \\
  -u '${writeKey}:' \\
  -H 'Content-Type: application/json' \\
  -d '{"userId":"customer-1","event":"Product Viewed","properties":{"product_id":"SKU-1"}}'`;
}
