import { doNetworkJob } from '../generator/network-job.ts';
import { serveTasks } from './serve-tasks.ts';

serveTasks({ network: doNetworkJob });
