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
import './styles/metric.css';
import { startBoard } from './board/board.ts';
import { followLinks, incidentIn, metricIn, path } from './board/route.ts';
import { IncidentPage } from './pages/incident.tsx';
import { MetricPage } from './pages/metric.tsx';
import { Wall } from './pages/wall.tsx';

function Page() {
  const incident = incidentIn(path.value);
  const metric = metricIn(path.value);
  if (incident !== null) return <IncidentPage key={incident} id={incident} />;
  return metric === null ? <Wall /> : <MetricPage key={metric} name={metric} />;
}

followLinks();
startBoard();
render(<Page />, document.getElementById('app') as HTMLElement);
