// SPDX-License-Identifier: Apache-2.0
// Which of the service colours (tokens --svc-0 ... --svc-17) a service has. The name's hash decides, so that a service looks
// the same in every view; only a service whose place is taken moves on to the next free one.

export const kServiceColours = 18;

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  }
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 12)) >>> 0;
}

export class ServiceColours {
  private readonly places = new Map<string, number>();
  private readonly taken = new Set<number>();

  indexOf(service: string): number {
    const known = this.places.get(service);
    if (known !== undefined) return known;
    let place = hash(service) % kServiceColours;
    if (this.taken.size < kServiceColours) {
      // 7 has no common factor with 18, so the walk meets every place, far from its neighbours first.
      while (this.taken.has(place)) place = (place + 7) % kServiceColours;
    }
    this.taken.add(place);
    this.places.set(service, place);
    return place;
  }
}
