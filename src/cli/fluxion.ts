#!/usr/bin/env node
import { main } from "./program";

// Not awaited: a part of the program that is loaded later may import this file, and would wait for its end.
void main();
