/*
 * The race of the per-cpu lists for Spin, as `mmreplay explore` goes through it: one task takes a
 * block of 64 pageblocks offline on v6.1, TASKS others free one page of its last pageblock each,
 * on a CPU of their own. A step here is what happens there between two preemption points.
 *
 *   spin -DTASKS=6 -DREDRAIN=1 -a race.pml && gcc -O2 -DSAFETY -o pan pan.c && ./pan
 *
 * REDRAIN=1: the lists are drained again after each failed test; 0: once, after isolation. An
 * error is an offline that goes round for ever: a test failed after all others had ended, and
 * nothing has moved since the one before.
 */
#ifndef TASKS
#define TASKS 6
#endif
#ifndef REDRAIN
#define REDRAIN 1
#endif
#ifndef CPUS
#define CPUS 8
#endif
/* 0: nobody looks for errors, so that only what the kernel has makes a state. */
#ifndef JUDGE
#define JUDGE 1
#endif
#define BLOCKS 64
/* The last pageblock is isolated second. */
#define SECOND 1
/* Pages of other blocks on each list. */
#define KEPT 20

#define ALLOCATED 0
#define FREEING 1
#define LISTED 2
#define FREE 3

/* Of each task, that runs on the CPU of the same number; CPU 0 has none. */
byte page[CPUS];
byte count[CPUS];
/* Somebody is between taking the lists of the CPU and giving them back. */
bool busy[CPUS];
bool isolated;
byte free;
byte ended;
/* The last test failed with nobody left, and nothing has moved since. */
bool still;

#if JUDGE
#define FAILED if :: ended == TASKS -> assert(!still); still = true :: else fi
#else
#define FAILED skip
#endif

#define FIRST cpu = 0; do :: pending != 0 && (pending & (1 << cpu)) == 0 -> cpu++ :: else -> break od; skip

proctype freeing(byte cpu)
{
	bool listed;

	d_step {
		page[cpu] = FREEING;
		listed = !isolated
	};
	if
	:: d_step {
		!listed;
		page[cpu] = FREE;
		free++;
		ended++
	   }
	:: d_step { listed; busy[cpu] = true };
	   d_step {
		page[cpu] = LISTED;
		count[cpu]++;
		busy[cpu] = false;
		listed = false;
		ended++
	   }
	fi;
end:
	false
}

proctype offliner()
{
	byte block;
	/* CPUs that the drain has yet to come to, and the first of them. */
	short pending;
	byte cpu;
	/* It has found the lists of that CPU taken. */
	bool waits;

	/* To the LRU caches, and from there to the first pageblock. */
	skip;
	skip;

	do
	:: d_step {
		block < BLOCKS - 1;
		if
		:: block == SECOND -> isolated = true
		:: else
		fi;
		block++
	   }
	:: d_step { block == BLOCKS - 1; block = 0 } -> break
	od;
	/* To those who want to know. */
	skip;

drain:
	atomic {
		do
		:: cpu < CPUS ->
			if
			:: count[cpu] > 0 -> pending = pending | (1 << cpu)
			:: else
			fi;
			cpu++
		:: else -> break
		od;
		FIRST
	};
	do
	:: d_step { pending != 0 && busy[cpu] && !waits; waits = true }
	:: d_step {
		pending != 0 && !busy[cpu];
		waits = false;
		pending = pending - (1 << cpu);
		count[cpu] = 0;
		if
		:: page[cpu] == LISTED -> page[cpu] = FREE; free++; still = false
		:: else
		fi;
		FIRST
	   }
	:: pending == 0 && free == TASKS -> break
	:: d_step {
		pending == 0 && free < TASKS && REDRAIN;
		FAILED
	   } -> goto drain
	:: d_step {
		pending == 0 && free < TASKS && !REDRAIN;
		FAILED
	   }
	od;
end:
	false
}

init {
	byte cpu;

	atomic {
		do
		:: cpu < CPUS ->
			count[cpu] = KEPT;
			if
			:: cpu >= 1 && cpu <= TASKS -> run freeing(cpu)
			:: else
			fi;
			cpu++
		:: else -> break
		od;
		cpu = 0;
		run offliner()
	};
end:
	false
}
