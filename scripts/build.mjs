// `npm run build`: what browsers get. The server runs from source.
import { build, installWhenNeeded } from './prepare.mjs';

installWhenNeeded();
build();
