import { removeDays } from '../oracle/replayed-days';

export default removeDays;
