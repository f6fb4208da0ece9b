/** The dashboard's beginning in the browser: which page, and the stream that feeds it. */
import './words/language.ts';
import { render } from 'preact';
import './styles/fonts.ts';
import './styles/tokens.css';
import 'uplot/dist/uPlot.min.css';
import './styles/frame.css';
import './styles/slot.css';
import './styles/tile.css';
import './styles/wall.css';
import './styles/arriving.css';
import './styles/kiosk.css';
import './styles/incident.css';
import { startBoard } from './board/board.ts';
import { followLinks, incidentIn, path } from './board/route.ts';
import { IncidentPage } from './pages/incident.tsx';
import { Wall } from './pages/wall.tsx';

function Page() {
  const incident = incidentIn(path.value);
  return incident === null ? <Wall /> : <IncidentPage key={incident} id={incident} />;
}

followLinks();
startBoard();
render(<Page />, document.getElementById('app') as HTMLElement);
