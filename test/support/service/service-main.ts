// Runs the service in its own process, so that it can run in another network: argv is its port and its settings as JSON.
import { Service, type Settings } from './service.js';

const [port = '', settings = '{}'] = process.argv.slice(2);
await Service.start(JSON.parse(settings) as Settings, Number(port));
