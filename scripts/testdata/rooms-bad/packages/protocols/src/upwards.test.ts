// expect: room-protocols-tests
import { openStore } from '@tomte/store';
openStore();
