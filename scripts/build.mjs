// `npm run build`: what browsers get. The server runs from source.
import { buildConsole, installWhenNeeded } from './prepare.mjs';

installWhenNeeded();
buildConsole();
