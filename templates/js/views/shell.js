/** Everything around the picture, put together once. */

import { addressOf, restoreAddress } from '../state/mirror.js';
import { shownCount } from '../state/shown.js';
import { counted } from '../text/format.js';
import { named } from '../text/words.js';
import { createBar } from './bar.js';
import { createBookmarks } from './bookmarks.js';
import { createCaption } from './caption.js';
import { createDigest } from './digest.js';
import { createEdge } from './edge.js';
import { createHoverCard } from './hover_card.js';
import { createInspector } from './inspector.js';
import { createKeyboard } from './keyboard.js';
import { createLegend } from './legend.js';
import { createOrbit } from './orbit.js';
import { createPicture } from './picture.js';
import { createRoom } from './room.js';
import { createSearchbox } from './searchbox.js';
import { createStage, furnish } from './stage.js';
import { createTabs } from './tabs.js';
import { createTools } from './tools.js';
import { createTrail } from './trail.js';

/**
 * @param {object} app
 * @returns {{stage: object, picture: object, room: object}}
 */
export function createShell(app) {
  const { document } = app;
  const bookmarks = createBookmarks(app, {
    address: () => addressOf(app),
    restore: (address) => restoreAddress(app, address),
  });
  const stage = createStage(document);
  app.stage = stage.stage;
  const inspector = createInspector(app, { bookmarksPanel: bookmarks.panel });
  createBar(app, { onBookmark: bookmarks.add });
  const searchbox = createSearchbox(app, { focusMatches: inspector.focusMatches });
  const tabs = createTabs(app, { trail: createTrail(app) });
  const legend = createLegend(app);
  const tools = createTools(app);
  const card = createHoverCard(app);
  furnish(app, { tabs, ...stage, legend, tools, card: card.element, side: inspector.element });
  createCaption(app);
  createDigest(app);
  const room = createRoom(app, { stage: stage.stage, tabs, legend, tools, side: inspector.element });
  createEdge(app, { side: inspector.element, room });
  const picture = createPicture(app, { stage, card, room });
  createOrbit(app);
  createKeyboard(app, {
    focusSearch: searchbox.focus,
    isolateSelection: inspector.isolateSelection,
    addBookmark: bookmarks.add,
    picture: stage.overlay,
  });
  announceCounts(app);
  return { stage, picture, room };
}

/** What changes on the screen without the focus going there is said aloud. */
function announceCounts(app) {
  app.watch(
    (_, { matches }) => [matches],
    (matches) => {
      if (!matches) return;
      app.say(matches.error ?? counted(matches.indices.length, 'match', 'matches'));
    },
  );
  app.watch(
    (state) => [state.trail, state.hidden],
    () => {
      const { dataset, coloring } = app.derived.get();
      const shown = dataset && coloring ? shownCount(app.store.get(), app.derived.get()) : null;
      if (shown !== null) app.say(`${counted(shown, 'point')} shown.`);
    },
  );
  app.watch(
    (_, { neighbors }) => [neighbors?.focus],
    (focus) => {
      const { dataset, neighbors } = app.derived.get();
      if (focus === undefined || !dataset) return;
      const label = named(dataset.label(focus, app.store.get().labelBy));
      app.say(`${label} selected, ${counted(neighbors.indices.length, 'neighbor')} listed.`);
    },
  );
}
