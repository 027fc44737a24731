import { z } from 'zod';

// The page's content security policy forbids code made from strings, which zod would otherwise use to be faster.
// Imported first of all, because schemas decide when they are built.
z.config({ jitless: true });
