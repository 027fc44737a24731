import './shell/eval-free-zod.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './shell/app.tsx';
import { applyPalette } from './shell/preferences.tsx';
import { readKept } from './ui/kept.ts';
import './ui/ui.css';
import './shell/shell.css';

// The first paint already wears the right colours.
const kept = readKept('theme');
const system = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
applyPalette(kept === 'light' || kept === 'dark' ? kept : system);

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
