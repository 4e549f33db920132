// SPDX-License-Identifier: Apache-2.0
import { ServiceColours } from "~/base/colour";

const places = new ServiceColours();

export const serviceIndex = (service: string): number => places.indexOf(service);

// The class that gives an element its service's colour as --svc.
export const serviceClass = (service: string): string => `svc-${places.indexOf(service)}`;
