import { findPrometheusPrograms } from './src/prometheus/programs.ts';
const t=Date.now(); console.log(await findPrometheusPrograms(), Date.now()-t);
