import { type ThemeConfig, theme } from 'antd';
import { type Mode, palettes } from '../ui/palette.ts';

const FONT =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif';

/** antd dressed in the palette; our own style sheet reads the same colours from CSS variables. */
export function antdTheme(mode: Mode): ThemeConfig {
  const palette = palettes[mode];
  return {
    algorithm: mode === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    hashed: false,
    token: {
      colorPrimary: palette.accent,
      colorPrimaryHover: palette.accentHover,
      colorInfo: palette.accent,
      colorLink: palette.accentText,
      colorLinkHover: palette.accent,
      colorSuccess: palette.good,
      colorError: palette.bad,
      colorErrorHover: palette.badHover,
      colorWarning: palette.warn,
      colorBgBase: palette.surface,
      colorBgLayout: palette.canvas,
      colorBgContainer: palette.surface,
      colorBgElevated: palette.raised,
      colorBorder: palette.lineStrong,
      colorBorderSecondary: palette.line,
      colorText: palette.text,
      colorTextSecondary: palette.muted,
      colorTextTertiary: palette.faint,
      colorTextDescription: palette.muted,
      colorTextPlaceholder: palette.faint,
      colorTextLightSolid: palette.onAccent,
      colorWarningBg: palette.warnSoft,
      colorWarningBorder: palette.line,
      colorErrorBg: palette.badSoft,
      colorErrorBorder: palette.line,
      colorSuccessBg: palette.goodSoft,
      colorSuccessBorder: palette.line,
      colorInfoBg: palette.accentSoft,
      colorInfoBorder: palette.line,
      fontFamily: FONT,
      fontSize: 14,
      borderRadius: 6,
      controlHeight: 36,
      wireframe: false,
      motionDurationMid: '0.12s',
      motionDurationSlow: '0.18s',
    },
    components: {
      Table: {
        headerBg: palette.surface,
        headerColor: palette.muted,
        headerSplitColor: 'transparent',
        rowHoverBg: palette.sunken,
        cellPaddingBlockMD: 12,
        cellPaddingInlineMD: 12,
        bodySortBg: 'transparent',
        headerSortActiveBg: palette.surface,
        headerSortHoverBg: palette.sunken,
      },
      Button: {
        colorPrimary: palette.accent,
        colorPrimaryHover: palette.accentHover,
        primaryColor: palette.onAccent,
        primaryShadow: 'none',
        defaultShadow: 'none',
        dangerShadow: 'none',
        fontWeight: 500,
      },
      Tabs: {
        itemSelectedColor: palette.accentText,
        itemHoverColor: palette.accentText,
        inkBarColor: palette.accent,
      },
      Tooltip: {
        colorBgSpotlight: mode === 'dark' ? palette.raised : '#2b2e35',
        colorTextLightSolid: '#ffffff',
      },
      Segmented: { trackBg: palette.sunken, itemSelectedBg: palette.raised },
    },
  };
}
