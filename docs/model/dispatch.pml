/* The dispatch protocol of Millrace, as it is built. README.md says which step stands for which class and script.

   One atomic block is one SQL statement or one Lua script, with what its caller does at once before or after it. Between two blocks
   every process may be arbitrarily slow, so late pushes, slow reapers and late settlements need no switch of their own.
   PostgreSQL's part is durable; Redis' part may be emptied, or go back to older contents on a restarted server.

   Time is not counted. A lease is found expired when its worker is dead, has let go of it, or sleeps (F_PAUSE); the worker's
   own clock has run out by then. The lease that a rebuild waits has passed when every worker has registered or lost what it
   holds, or sleeps.

   Every switch is 0 unless it is given (-DF_FLUSH=1). F_ switches are faults and actors, most of them budgets; the others
   take one guard out of the protocol, and `check` demands a counterexample for each. */

#ifndef JOBS
#define JOBS 1          /* 1 or 2 */
#endif
/* Faults and actors. */
#ifndef F_CRASH
#define F_CRASH 0       /* so many workers die, anywhere */
#endif
#ifndef F_PAUSE
#define F_PAUSE 0       /* so often a live worker sleeps through its lease */
#endif
#ifndef F_FLUSH
#define F_FLUSH 0       /* so often Redis is emptied */
#endif
#ifndef F_ROLL
#define F_ROLL 0        /* Redis restarts once with older contents of its own */
#endif
#ifndef F_API
#define F_API 0         /* an API dies between two of its steps: no push, a cancel that stays half done */
#endif
#ifndef F_RCRASH
#define F_RCRASH 0      /* so often a reaper or rebuilder dies between two steps */
#endif
#ifndef F_2REAP
#define F_2REAP 0       /* two reapers */
#endif
#ifndef F_2REB
#define F_2REB 0        /* two rebuilders */
#endif
#ifndef F_LATEOPEN
#define F_LATEOPEN 0    /* an opener took number 1 and sleeps; another opened number 2 meanwhile */
#endif
#ifndef F_BACK
#define F_BACK 0        /* so many claims are handed back, begun or not */
#endif
#ifndef F_TWICE
#define F_TWICE 0       /* scripts whose answer was lost run twice: push of a new job, hand-back of what never began */
#endif
#ifndef F_LOSTCLAIM
#define F_LOSTCLAIM 0   /* so often the answer to a claim is lost: leased, and nobody knows */
#endif
#ifndef F_LOSTPG
#define F_LOSTPG 0      /* so often the answer to an outcome is lost after its commit: repeated, refused, read back */
#endif
#ifndef F_READBACK
#define F_READBACK F_LOSTPG /* refused outcomes are read back */
#endif
#ifndef F_CANCEL
#define F_CANCEL 0
#endif
#ifndef F_REDRIVE
#define F_REDRIVE 0
#endif
#ifndef F_EARLIER
#define F_EARLIER 0     /* the row names worker 1, which ran an earlier attempt (with F_READBACK) */
#endif
#ifndef F_EDIT
#define F_EDIT 0        /* somebody changes the job while nobody runs it */
#endif
#ifndef F_EXPIRE
#define F_EXPIRE 0      /* the job has a start deadline, which may pass at any moment */
#endif
#ifndef F_AUD
#define F_AUD 0         /* so often the auditor looks at any moment; it always looks when nothing else moves */
#endif
#ifndef F_SWEEP
#define F_SWEEP 0       /* so often the sweeper adopts what is on its way */
#endif
#ifndef F_AHEAD
#define F_AHEAD 0       /* a retry waits for a time; the promoter indexes what is still ahead */
#endif
#ifndef FAILS
#define FAILS 2         /* failures that make a job dead */
#endif
#ifndef CRASHES
#define CRASHES 3       /* crashes that make a job dead */
#endif

/* Guards taken out. */
#ifndef NO_READ_FENCE
#define NO_READ_FENCE 0     /* the claim does not compare the row's fence */
#endif
#ifndef NO_READ_STATE
#define NO_READ_STATE 0     /* the claim does not ask whether the row is unfinished */
#endif
#ifndef NO_SUCC_FENCE
#define NO_SUCC_FENCE 0     /* finish_succeeded without the fence */
#endif
#ifndef NO_FAIL_FENCE
#define NO_FAIL_FENCE 0     /* finish_failed without the fence */
#endif
#ifndef NO_OUT_STATE
#define NO_OUT_STATE 0      /* outcomes do not ask whether the row is unfinished */
#endif
#ifndef NO_RAISE
#define NO_RAISE 0          /* the reaper indexes the same fence again */
#endif
#ifndef NO_RAISE_GUARD
#define NO_RAISE_GUARD 0    /* raise without the old fence */
#endif
#ifndef NO_TAKE
#define NO_TAKE 0           /* the reap script leaves the entry with its holder */
#endif
#ifndef NO_NUMBER
#define NO_NUMBER 0         /* no script compares the number of the epoch */
#endif
#ifndef NO_RUNID
#define NO_RUNID 0          /* no script compares the run id */
#endif
#ifndef NO_CLAIM_NUMBER
#define NO_CLAIM_NUMBER 0   /* the claim alone compares no number */
#endif
#ifndef NO_CLAIM_RUNID
#define NO_CLAIM_RUNID 0    /* the claim alone compares no run id */
#endif
#ifndef LATE_NUMBER
#define LATE_NUMBER 0       /* the number for what follows an outcome is read after the row was written */
#endif
#ifndef NO_WAIT
#define NO_WAIT 0           /* the rebuild does not wait one lease */
#endif
#ifndef NO_ADOPT_RAISE
#define NO_ADOPT_RAISE 0    /* the rebuild pushes absent entries as they are */
#endif
#ifndef NO_REGISTER
#define NO_REGISTER 0       /* workers do not register what they run */
#endif
#ifndef NO_WIPE
#define NO_WIPE 0           /* the opening leaves the old index in place */
#endif
#ifndef NO_REST_REAP
#define NO_REST_REAP 0      /* the reaper works before the index is rebuilt */
#endif
#ifndef NO_REST_ADOPT
#define NO_REST_ADOPT 0     /* the sweeper adopts before the index is rebuilt */
#endif
#ifndef NO_REST_PROMOTE
#define NO_REST_PROMOTE 0   /* the promoter works before the index is rebuilt */
#endif
#ifndef NO_REST_CANCEL
#define NO_REST_CANCEL 0    /* withdraw answers before the index is rebuilt */
#endif
#ifndef NO_RESUME
#define NO_RESUME 0         /* nobody goes on with a rebuild that was cut off */
#endif
#ifndef SETTLE_FIRST
#define SETTLE_FIRST 0      /* the lease is dropped before the outcome is recorded */
#endif
#ifndef PUSH_FIRST
#define PUSH_FIRST 0        /* pushed before the commit */
#endif
#ifndef NO_SWEEP
#define NO_SWEEP 0          /* no sweeper */
#endif
#ifndef NO_AUDIT
#define NO_AUDIT 0          /* no auditor */
#endif
#ifndef REDRIVE_NO_RAISE
#define REDRIVE_NO_RAISE 0
#endif
#ifndef NO_CLEAR
#define NO_CLEAR 0          /* outcomes and redrive leave a noted cancel in the row */
#endif
#ifndef CANCEL_NO_FENCE
#define CANCEL_NO_FENCE 0   /* cancel_unheld without the fence */
#endif
#ifndef BACK_NO_RAISE
#define BACK_NO_RAISE 0     /* a begun entry is handed back by Redis alone */
#endif
#ifndef NO_CLAIM_ID
#define NO_CLAIM_ID 0       /* leases are compared by worker, not by claim */
#endif
#ifndef NO_OWN_CLOCK
#define NO_OWN_CLOCK 0      /* a worker begins without looking at its own clock */
#endif
#ifndef NO_EXPIRE_NOTE
#define NO_EXPIRE_NOTE 0    /* a handler begins though the row still has its start deadline */
#endif
#ifndef NO_NOTE
#define NO_NOTE 0           /* the last crash counts though the job was not noted as begun */
#endif
#ifndef REGISTER_UNBEGUN
#define REGISTER_UNBEGUN 0  /* what has not begun is registered under a new epoch while its lease holds */
#endif
#ifndef FIRST_BY_INDEX
#define FIRST_BY_INDEX 0    /* an index with number 1 is rebuilt at once, whatever PostgreSQL says */
#endif
#ifndef OPEN_TWICE
#define OPEN_TWICE 0        /* the opening script is repeated when its answer is lost */
#endif
#ifndef EDIT_AS_NOBODY
#define EDIT_AS_NOBODY 0    /* what is held for a change looks like what the reaper has taken */
#endif
#ifndef RAISE_KEEPS_WORKER
#define RAISE_KEEPS_WORKER 0 /* a raise that records no crash leaves the last worker in the row */
#endif

/* What may not happen. With -DONLY=n only the n-th counts. */
#ifndef ONLY
#define ONLY 0
#endif
#define LOST 1      /* nothing moves any more, and an accepted job has not ended */
#define TWICE 2     /* two outcomes in one life of a job */
#define GHOST 3     /* a handler begins although its job has ended */
#define TOKEN 4     /* two runs of one fence */
#define STOLEN 5    /* a worker that never let its lease run out loses its job */
#define CANCRUN 6   /* 'cancelled' is recorded under a live, running handler */
#define OLDCANCEL 7 /* a cancel that was asked for in an earlier life is carried out */
#define CRASH2 8    /* one run is counted as two crashes */
#define POISON 9    /* dead by crashes, though nothing says that the last run had begun */
#define FENCE 10    /* the fence falls, or an ended job gets another outcome without one */
#define LITTER 11   /* nothing moves any more, and the index holds an entry */
#define BAD(n) printf("BROKEN %d\n", n); assert(ONLY != 0 && ONLY != n)

#define NONE 0
#define WAIT 1
#define SUCC 2
#define DEAD 3
#define CANC 4
#define LASTJOB (JOBS-1)
#define B(f) (1<<(f))
#define HAS(m,f) ((m) & B(f))
#define DEL(m,f) m = m & (255-B(f))
#define TOP 8
#define PICK(m,f) if :: HAS(m,0) -> f=0 :: HAS(m,1) -> f=1 :: HAS(m,2) -> f=2 :: HAS(m,3) -> f=3 :: HAS(m,4) -> f=4 \
                     :: HAS(m,5) -> f=5 :: HAS(m,6) -> f=6 :: HAS(m,7) -> f=7 fi

/* ---- PostgreSQL ---- */
byte st[JOBS], fn[JOBS], att[JOBS], cra[JOBS], bf[JOBS]; /* state, fence, attempts, crashes, begun_fence + 1 */
#if F_EXPIRE
bit dl[JOBS];                                           /* expires_at is set and has passed, or may any moment */
#endif
bit want[JOBS], ahead[JOBS];                            /* cancel_requested; due_at is ahead */
byte pe = 1;                                            /* queue.epoch */
#if F_READBACK
byte wk[JOBS], aerr[JOBS], acra[JOBS];                  /* worker; fences with an attempt record: error, crash */
#endif

/* ---- Redis ---- */
byte rd[JOBS];                                          /* ready and due, by fence */
byte L[4*JOBS];                                         /* leases: 0 adopted, 1 and 2 of a worker, 3 taken from a holder */
byte cm[JOBS];                                          /* marks of a cancel */
byte re = 1; bit rrun, rebuilt = 1;                     /* epoch: number, run id, mark */
bit srv;                                                /* the server's run id */
#define LS(w,j) L[(w)*JOBS+(j)]
#if F_EDIT && !EDIT_AS_NOBODY
byte ed[JOBS];                                          /* held for a change */
#define EH(j) ed[j]
#define HELDS(j) ed[j]
#else
#define EH(j) LS(0,j)
#define HELDS(j) 0
#endif
#define LEASED(j) (LS(0,j)|LS(1,j)|LS(2,j)|LS(3,j)|HELDS(j))
#define INDEXED(j,f) HAS(rd[j]|LEASED(j), f)

/* ---- what a worker knows: the entry it holds, the number its lease has, its own clock (1 ran out or told lost), begun ---- */
byte wj[3], wf[3], we[3]; bit wx[3], wb[3], wr[3];      /* wr: ran out once, registered late */

/* ---- history and budgets ---- */
byte hs[JOBS], hc[JOBS], ends[JOBS], life[JOBS], wl[JOBS], top[JOBS], swp[JOBS];
byte crashes, pauses, backs, rcr, lostc, lostp, early;
bit first;                                              /* of two equal workers number 1 claims first; of two reapers the idle one */
#if F_2REAP
bit busy[2];
#endif
#if F_TWICE
byte dpf, dpw, dpe, dpj; bit dps;                       /* a hand-back that will be repeated */
#endif
#if OPEN_TWICE
byte reopen;
#endif

#define ALIVE (re!=0 && (NO_RUNID || rrun==srv))
#define HOLDS(e) (ALIVE && (NO_NUMBER || re==(e)))      /* epoch_holds of the prelude */
#define NUM (ALIVE -> re : 0)                           /* the newest number a process can have seen */
#define MAYCLAIM (re!=0 && (NO_RUNID || NO_CLAIM_RUNID || rrun==srv))
#define CLAIMABLE(j) (ahead[j] -> (rd[j] & (255-B(fn[j]))) : rd[j])
#define OPENROW(j) (st[j]==WAIT)
#define SLEEPS (pauses<F_PAUSE)
#define LIVE(w,j,f) (wf[w]==(f)+1 && wj[w]==(j) && wx[w]==0 && wr[w]==0)

inline moved(j) { if :: fn[j]<top[j] -> BAD(FENCE) :: else -> top[j]=fn[j] fi }
inline raise(j) { assert(fn[j]<TOP-1); fn[j]=fn[j]+1; moved(j) }
inline push(j,f) { if :: !INDEXED(j,f) -> rd[j]=rd[j]|B(f) :: else fi }
inline ended(j,s) {
  st[j]=s; ends[j]++; if :: ends[j]>1 -> BAD(TWICE) :: else fi;
  if :: !NO_CLEAR -> want[j]=0 :: else fi; ahead[j]=0 }
inline stolen(j,f) { if :: LIVE(1,j,f) || LIVE(2,j,f) -> BAD(STOLEN) :: else fi }
inline wipe() {
#if F_EDIT && !EDIT_AS_NOBODY
  ed[0]=0;
#endif
  rd[0]=0; L[0]=0; L[JOBS]=0; L[2*JOBS]=0; L[3*JOBS]=0; cm[0]=0;
#if JOBS>1
  rd[1]=0; L[1]=0; L[JOBS+1]=0; L[2*JOBS+1]=0; L[3*JOBS+1]=0; cm[1]=0;
#endif
}

/* ---- accept: JobAcceptor, IndexPusher ---- */
proctype Api(byte j) { byte e;
  atomic { e=NUM;
#if PUSH_FIRST
    if :: HOLDS(e) -> push(j,0) :: else fi };
  atomic {
#endif
#if F_EXPIRE
    dl[j]=1;
#endif
    st[j]=WAIT; printf("API commits job %d under number %d\n", j, e) };
#if !PUSH_FIRST
  if
  :: atomic { if :: HOLDS(e) -> push(j,0); printf("push (%d,0)\n", j) :: else fi }
#if F_TWICE
     atomic { if :: HOLDS(e) -> push(j,0) :: else fi }
#endif
  :: F_API
  fi
#endif
}

/* ---- worker: Dispatcher, JobRunner, Finisher ---- */
#if F_CRASH
#define GAP if :: skip DIE fi
#else
#define GAP skip
#endif
#define DIE :: atomic { crashes<F_CRASH -> crashes++; printf("worker %d dies\n", me); goto idle }
#define SUCC_OK(j,x) ((NO_OUT_STATE || OPENROW(j)) && (NO_SUCC_FENCE || fn[j]==(x)))
#define FAIL_OK(j,x) ((NO_OUT_STATE || OPENROW(j)) && (NO_FAIL_FENCE || fn[j]==(x)))
/* kinds of an outcome */
#define KSUCC 1
#define KFAIL 2
#define KBACK 3
#define KCANC 4
#define KEXP 5

proctype Worker(byte me) { byte j, f, x, e, k, y; bit acc, again;
idle:
  atomic { wf[me]=0; wj[me]=0; wb[me]=0; wx[me]=0; wr[me]=0; we[me]=0; j=0; f=0; x=0; e=0; k=0; y=0; acc=0; again=0 };
end_w:
  atomic { /* claim.lua */
    MAYCLAIM && (me==1 || first) && (CLAIMABLE(0)!=0 || CLAIMABLE(LASTJOB)!=0) ->
    if :: CLAIMABLE(0)!=0 -> j=0
#if JOBS>1
       :: CLAIMABLE(1)!=0 -> j=1
#endif
    fi;
    first=1; PICK(CLAIMABLE(j),f); DEL(rd[j],f);
    if
#if F_LOSTCLAIM
    :: lostc<F_LOSTCLAIM -> lostc++; LS(3,j)=LS(3,j)|B(f); printf("the answer to a claim of (%d,%d) is lost\n", j, f); goto idle
#endif
    :: LS(me,j)=LS(me,j)|B(f); wj[me]=j; wf[me]=f+1;
       if :: we[me]=re :: NO_CLAIM_NUMBER && re>1 && lostc==0 -> lostc++; we[me]=1 fi;      /* an older number that it saw */
       printf("worker %d claims (%d,%d) under %d\n", me, j, f, re)
    fi
#if F_TWICE
    ; if :: dpf==f+1 && dpw==me && dpj==j -> dps=1 :: else fi
#endif
  };
  if
  :: skip
  DIE
  :: atomic { backs<F_BACK -> backs++; wf[me]=0; printf("worker %d lets go of (%d,%d), never begun\n", me, j, f) };
     goto putback
  fi;
  atomic { /* claim_read.sql */
    x=f;
#if NO_READ_FENCE
    x=fn[j];
#endif
    acc=(fn[j]==x && st[j]!=NONE && (NO_READ_STATE || OPENROW(j)));
    y=life[j];
    if :: acc && want[j] -> k=KCANC
#if F_EXPIRE
       :: acc && dl[j] -> k=KEXP
       :: acc && dl[j] -> skip                            /* it has not passed yet */
#endif
       :: else fi };
  if :: !acc -> atomic { wf[me]=0; if :: ALIVE -> DEL(LS(me,j),f); DEL(cm[j],f) :: else fi; goto idle } /* settle.lua, stale */
     :: acc && k!=0 -> goto outcome
     :: else
  fi;
#if F_CRASH>=CRASHES
  if :: cra[j]>=CRASHES-1 ->
        GAP;
        atomic { if :: OPENROW(j) && fn[j]==x -> bf[j]=x+1 :: else -> goto idle fi }    /* note_begun.sql */
     :: else
  fi;
#endif
#if F_EXPIRE && !NO_EXPIRE_NOTE
  GAP;
  atomic { if :: OPENROW(j) && fn[j]==x -> bf[j]=x+1; dl[j]=0 :: else -> goto idle fi };     /* note_begun.sql */
#endif
  GAP;
  atomic { /* Lease.begin */
    if
    :: !NO_OWN_CLOCK && wx[me] -> goto idle                /* the lease is left to the reaper */
    :: else -> wb[me]=1; printf("worker %d begins (%d,%d)\n", me, j, x);
       if :: HAS(hs[j],x) -> BAD(TOKEN) :: else fi; hs[j]=hs[j]|B(x);
       if :: st[j]>=SUCC -> BAD(GHOST) :: else fi
    fi };
  if
  :: skip
  DIE
#if F_CANCEL
  :: atomic { HAS(cm[j],f) && HAS(LS(me,j),f) -> k=KCANC; goto outcome }     /* the renewal told of the mark */
#endif
#if BACK_NO_RAISE
  :: atomic { backs<F_BACK -> backs++; wf[me]=0; if :: ALIVE && HAS(LS(me,j),f) -> DEL(LS(me,j),f); rd[j]=rd[j]|B(f) :: else fi; goto idle }
#endif
  fi;
#if SETTLE_FIRST
  atomic { if :: HOLDS(we[me]) -> DEL(LS(me,j),f); DEL(cm[j],f) :: else fi };
  GAP;
#endif
outcome:
  atomic { /* finish_succeeded.sql, finish_failed.sql; the number was seen before */
    if :: k==0 -> if :: k=KSUCC :: k=KFAIL :: backs<F_BACK && wb[me] -> backs++; k=KBACK fi :: else fi;
    e=NUM; y=(life[j]!=y);
    acc=(k==KSUCC -> SUCC_OK(j,x) : FAIL_OK(j,x));
    if :: acc && k<=KBACK && fn[j]!=x && LIVE(3-me,j,fn[j]) -> BAD(STOLEN) :: else fi;   /* recorded over a live run */
    if
    :: !acc -> printf("the outcome of (%d,%d) by worker %d is refused\n", j, x, me)
    :: acc && k==KSUCC -> if :: y -> BAD(TWICE) :: else fi; ended(j,SUCC); printf("(%d,%d) succeeds\n", j, x)
    :: acc && k==KCANC -> if :: y || wl[j]!=life[j] -> BAD(OLDCANCEL) :: else fi; ended(j,CANC); raise(j);
       printf("(%d,%d) is cancelled by its holder\n", j, x)
    :: acc && k==KEXP -> ended(j,CANC); raise(j); printf("(%d,%d) has expired, says its holder\n", j, x)
    :: acc && k==KBACK -> if :: y -> BAD(TWICE) :: else fi; raise(j); again=1; printf("(%d,%d) is handed back\n", j, x)
    :: acc && k==KFAIL -> if :: y -> BAD(TWICE) :: else fi; att[j]++; raise(j); printf("(%d,%d) fails\n", j, x);
       if :: att[j]>=FAILS -> ended(j,DEAD) :: else -> again=1;
#if F_AHEAD
             ahead[j]=1
#else
             skip
#endif
       fi
    fi;
    y=0;
#if F_READBACK
    if :: acc -> wk[j]=me; if :: k==KFAIL -> aerr[j]=aerr[j]|B(x) :: else fi :: else fi
#endif
  };
#if F_LOSTPG
  if
  :: atomic { acc && lostp<F_LOSTPG -> lostp++; printf("the answer is lost and the outcome repeated\n");
       acc=(k==KSUCC -> SUCC_OK(j,x) : FAIL_OK(j,x));
       if :: acc && k==KSUCC -> ended(j,SUCC) :: acc -> BAD(FENCE) :: else fi }
  :: skip
  fi;
#endif
#if F_READBACK
  if
  :: !acc -> atomic { /* outcome_read.sql */
       acc=(wk[j]==me && fn[j]==x+(k==KSUCC -> 0 : 1)
            && (k==KSUCC -> st[j]==SUCC : (k==KCANC || k==KEXP -> st[j]==CANC : (st[j]==WAIT || (k==KFAIL && st[j]==DEAD))))
            && (k==KFAIL -> HAS(aerr[j],x) : !HAS(aerr[j]|acra[j],x)));
       again=(acc && st[j]==WAIT);
       if :: acc -> printf("the outcome of (%d,%d) reads as recorded\n", j, x) :: else fi }
  :: else
  fi;
#endif
  GAP;
#if LATE_NUMBER
  atomic { e=NUM };
#endif
  atomic { /* settle.lua; what was refused is left to the reaper */
    wf[me]=0;
    if :: acc && HOLDS(e) ->
          if :: HAS(LS(me,j),f) -> DEL(LS(me,j),f); DEL(cm[j],f) :: else fi;
          if :: again -> push(j,x+1); printf("push (%d,%d)\n", j, x+1) :: else fi
       :: else fi };
  goto idle;
putback:
  atomic { /* settle.lua with the same entry; the number is the newest, the claim decides */
    wf[me]=0;
    if :: ALIVE && HAS(LS(me,j),f) -> DEL(LS(me,j),f); DEL(cm[j],f); rd[j]=rd[j]|B(f) :: else fi;
#if F_TWICE
    dpf=f+1; dpw=me; dpe=re; dpj=j; dps=0;
#endif
    skip };
  goto idle
}

/* ---- LeaseKeeper: an index that was opened anew. Renewals are not steps: a lease that nobody lets go of holds. ---- */
#define HELDBYOTHER(me,j,f) HAS(LS(3-me,j)|LS(0,j)|LS(3,j)|HELDS(j),f)
proctype Keeper(byte me) { byte f, j, e;
end_k:
  do
#if REGISTER_UNBEGUN
  :: atomic { wf[me]!=0 && (wb[me] || !wx[me]) -> j=wj[me]; f=wf[me]-1; e=we[me] };      /* looks at its list */
     if
     :: atomic { ALIVE && re!=e ->                                                       /* register.lua */
          if
          :: !HELDBYOTHER(me,j,f) ->
             DEL(rd[j],f); LS(me,j)=LS(me,j)|B(f); printf("worker %d registers (%d,%d) under %d\n", me, j, f, re);
             if :: wf[me]==f+1 && wj[me]==j -> we[me]=re; if :: wx[me] -> wx[me]=0; wr[me]=1 :: else fi :: else fi
          :: HELDBYOTHER(me,j,f) ->
             if :: wf[me]==f+1 && wj[me]==j -> if :: LIVE(me,j,f) && wb[me] -> BAD(STOLEN) :: else fi; wx[me]=1; we[me]=re :: else fi
          fi; j=0; f=0; e=0 }
     :: atomic { j=0; f=0; e=0 }
     fi
  :: atomic { wf[me]!=0 && ALIVE && we[me]!=re && !wb[me] && wx[me] -> we[me]=re }
#else
  :: atomic { wf[me]!=0 && ALIVE && we[me]!=re && !wb[me] -> wx[me]=1; we[me]=re }       /* dropped for good */
  :: atomic { wf[me]!=0 && ALIVE && we[me]!=re && wb[me] && !NO_REGISTER ->              /* register.lua */
       j=wj[me]; f=wf[me]-1; we[me]=re;
       if
       :: HELDBYOTHER(me,j,f) -> if :: LIVE(me,j,f) -> BAD(STOLEN) :: else fi; wx[me]=1
       :: else -> DEL(rd[j],f); LS(me,j)=LS(me,j)|B(f); printf("worker %d registers (%d,%d) under %d\n", me, j, f, re);
          if :: wx[me] -> wx[me]=0; wr[me]=1 :: else fi
       fi; j=0; f=0 }
#endif
  od
}

/* ---- Reaper: reap.lua, raise.sql, index_read.sql, settle.lua ---- */
#if F_RCRASH
#define CUT if :: atomic { rcr<F_RCRASH -> rcr++; goto again } :: skip fi
#else
#define CUT skip
#endif
#define EXPIRED(w,j) (SLEEPS || wf[w]==0 || wj[w]!=j || wx[w]==1 -> LS(w,j) : (LS(w,j) & (255-B(wf[w]-1))))
#define TAKABLE(j) (EXPIRED(1,j)|EXPIRED(2,j)|LS(0,j)|LS(3,j)|HELDS(j))
#if F_2REAP
#define MYTURN (me==0 || busy[0])
#define BUSY(b) busy[me]=b
#else
#define MYTURN true
#define BUSY(b) skip
#endif
proctype Reaper(bit me) { byte j, f, e, w, cur; bit more, zero;
again:
  atomic { j=0; f=0; e=0; w=0; cur=0; more=0; zero=0; BUSY(0) };
end_r:
  atomic { /* reap.lua takes */
    ALIVE && MYTURN && (rebuilt || NO_REST_REAP) && (TAKABLE(0)!=0 || TAKABLE(LASTJOB)!=0) ->
    if :: TAKABLE(0)!=0 -> j=0
#if JOBS>1
       :: TAKABLE(1)!=0 -> j=1
#endif
    fi;
    if :: EXPIRED(1,j)!=0 -> w=1; PICK(EXPIRED(1,j),f)
       :: EXPIRED(2,j)!=0 -> w=2; PICK(EXPIRED(2,j),f)
       :: LS(0,j)!=0 -> w=0; PICK(LS(0,j),f)
       :: LS(3,j)!=0 -> w=3; PICK(LS(3,j),f)
#if F_EDIT && !EDIT_AS_NOBODY
       :: ed[j]!=0 -> w=0; PICK(ed[j],f); DEL(ed[j],f); LS(0,j)=LS(0,j)|B(f)
#endif
    fi;
    BUSY(1); e=re; printf("the reaper takes (%d,%d) of %d\n", j, f, w);
    if :: (w==1 || w==2) ->
          if :: wf[w]==f+1 && wj[w]==j && wx[w]==0 -> pauses++; wx[w]=1; printf("worker %d slept\n", w) :: else fi;
          if :: !NO_TAKE -> DEL(LS(w,j),f); LS(3,j)=LS(3,j)|B(f) :: else fi
       :: else fi };
  CUT;
  atomic { /* raise.sql */
    if
    :: OPENROW(j) && (NO_RAISE_GUARD || fn[j]==f) ->
       stolen(j,fn[j]);
       if :: w!=0 && (NO_NOTE || cra[j]+1<CRASHES || bf[j]==f+1) ->
             if :: HAS(hc[j],f) -> BAD(CRASH2) :: else fi; hc[j]=hc[j]|B(f); cra[j]++;
#if F_READBACK
             wk[j]=w; acra[j]=acra[j]|B(f);
#endif
             if :: cra[j]>=CRASHES -> ended(j,DEAD); printf("job %d is dead by crashes\n", j);
                   if :: !HAS(hs[j],f) && bf[j]!=f+1 -> BAD(POISON) :: else fi
                :: else fi
          :: else ->
#if F_READBACK && !RAISE_KEEPS_WORKER
             wk[j]=0
#else
             skip
#endif
       fi;
       if :: !NO_RAISE -> raise(j) :: else fi; more=OPENROW(j); cur=fn[j];
       printf("job %d is raised to %d\n", j, fn[j])
    :: else -> zero=1
    fi };
  if :: zero -> atomic { cur=fn[j]; more=OPENROW(j); zero=0 } :: else fi;
  CUT;
  atomic { /* settle.lua */
    if :: HOLDS(e) -> DEL(LS(3,j),f); DEL(LS(0,j),f); DEL(cm[j],f);
#if NO_TAKE
          DEL(LS(1,j),f); DEL(LS(2,j),f);
#endif
          if :: more && (!NO_RAISE || cur==f) -> push(j,cur); printf("the reaper pushes (%d,%d)\n", j, cur) :: else fi
       :: else fi };
  goto again
}

inline adopt(j,f) { if :: !INDEXED(j,f) -> LS(0,j)=LS(0,j)|B(f); printf("(%d,%d) was absent and is adopted\n", j, f) :: else fi }

/* ---- Sweeper: looks once at every row, and once more after each raise. It lags behind, so that what it finds absent is
   seldom on its way: F_SWEEP times it is, else it adopts when nothing else moves. ---- */
#define DUE(j) (OPENROW(j) && !ahead[j])
#define SWEEPABLE(j) (!NO_SWEEP && ALIVE && rebuilt && DUE(j) && swp[j]<=fn[j])
proctype Sweeper(byte j) { byte f;
end_s:
  do
  :: atomic { DUE(j) && swp[j]<=fn[j] -> f=fn[j] };                     /* sweep_accepted.sql, sweep_due.sql */
end_s2: atomic { ALIVE && (rebuilt || NO_REST_ADOPT) && (INDEXED(j,f) || early<F_SWEEP || timeout) ->      /* adopt.lua */
       if :: !INDEXED(j,f) && early<F_SWEEP -> early++ :: else fi;
       adopt(j,f); if :: swp[j]<=f -> swp[j]=f+1 :: else fi; f=0 }
  od
}

/* ---- Auditor ---- */
#define AUDITABLE(j) (!NO_AUDIT && ALIVE && rebuilt && DUE(j) && !INDEXED(j,fn[j]))
proctype Auditor() { byte f, e, j, n;
end_a:
  do
  :: atomic { n<F_AUD && (AUDITABLE(0) || AUDITABLE(LASTJOB)) ->
       n++; if :: AUDITABLE(0) -> j=0 :: !AUDITABLE(0) -> j=LASTJOB fi; e=re; f=fn[j] };
     atomic { if :: HOLDS(e) && rebuilt -> adopt(j,f) :: else fi; j=0; f=0; e=0 }
  :: atomic { timeout && (AUDITABLE(0) || AUDITABLE(LASTJOB)) ->
       if :: AUDITABLE(0) -> adopt(0,fn[0]) :: else -> adopt(LASTJOB,fn[LASTJOB]) fi }
  od
}

/* ---- Promoter: pushes as it is what is still ahead. Its number may be newer than its reading of the row. ---- */
proctype Promoter() { byte f, j, n;
end_p:
  do
  :: atomic { n<2 && (ahead[0] || ahead[LASTJOB]) -> n++; if :: ahead[0] -> j=0 :: !ahead[0] -> j=LASTJOB fi; f=fn[j] };
end_p2: atomic { ALIVE && (rebuilt || NO_REST_PROMOTE) -> push(j,f); printf("the promoter pushes (%d,%d)\n", j, f); f=0; j=0 }
  od
}
proctype Clock() {
end_c: do :: ahead[0] -> ahead[0]=0
#if JOBS>1
  :: ahead[1] -> ahead[1]=0
#endif
  od }

/* ---- Rebuilder, QueueOpener, AbsenceWalk ---- */
#define REGISTERED(w) (NO_REGISTER || wf[w]==0 || we[w]==re || wx[w] || (wr[w] && we[w]==re))
#define FIRST (re==1 && (FIRST_BY_INDEX || pe==1))
proctype Rebuilder() { byte e, f[JOBS]; bit row[JOBS];
again:
  atomic { e=0; f[0]=0; row[0]=0;
#if JOBS>1
    f[1]=0; row[1]=0;
#endif
    skip };
end_b:
  if
  :: atomic { !ALIVE -> pe++; e=pe };                                   /* raiseEpoch */
     CUT;
     atomic { /* epoch_open.lua */
       if :: ALIVE -> goto again :: else fi;
       if :: !NO_WIPE -> wipe() :: else fi;
       re=e; rrun=srv; rebuilt=0; printf("the index is opened as number %d\n", e);
#if OPEN_TWICE
       reopen=e;
#endif
       skip };
     CUT
  :: atomic { !NO_RESUME && ALIVE && !rebuilt -> e=re }
  fi;
  atomic { !HOLDS(e) || NO_WAIT || FIRST || ((REGISTERED(1) || SLEEPS) && (REGISTERED(2) || SLEEPS)) ->
    if :: !HOLDS(e) -> goto again
       :: HOLDS(e) && !(NO_WAIT || FIRST) ->                            /* a lease has passed */
          if :: !REGISTERED(1) -> pauses++; wx[1]=1 :: else fi; if :: !REGISTERED(2) -> pauses++; wx[2]=1 :: else fi
       :: HOLDS(e) && (NO_WAIT || FIRST)
    fi };
  atomic { row[0]=DUE(0); f[0]=fn[0];                                   /* unfinished_of_queue.sql */
#if JOBS>1
    row[1]=DUE(1); f[1]=fn[1];
#endif
    skip };
  atomic { /* adopt.lua */
    if :: HOLDS(e) ->
#if NO_ADOPT_RAISE
          if :: row[0] -> push(0,f[0]) :: else fi;
#else
          if :: row[0] -> adopt(0,f[0]) :: else fi;
#endif
#if JOBS>1
          if :: row[1] -> adopt(1,f[1]) :: else fi;
#endif
          skip
       :: else -> goto again fi };
  CUT;
  atomic { if :: HOLDS(e) -> rebuilt=1; printf("number %d is rebuilt\n", e) :: else fi };
  goto again
}
#if F_LATEOPEN
proctype LateOpen() { end_l: atomic { !ALIVE -> wipe(); re=1; rrun=srv; rebuilt=0; printf("a late opener opens the index as number 1\n") } }
#endif
#if OPEN_TWICE
proctype Reopen() { end_o: atomic { reopen!=0 && !ALIVE -> wipe(); re=reopen; rrun=srv; rebuilt=0; printf("opened as number %d again\n", re) } }
#endif

/* ---- Redis' faults ---- */
proctype Roll() { byte a, b, c, d, h, e; bit g, r;
#if JOBS>1
  byte a2, b2, c2, d2, h2;
#endif
  if :: atomic { a=rd[0]; b=LS(1,0); c=LS(2,0); d=LS(3,0); h=LS(0,0);
#if JOBS>1
         a2=rd[1]; b2=LS(1,1); c2=LS(2,1); d2=LS(3,1); h2=LS(0,1);
#endif
         e=re; g=rebuilt; r=rrun };
        if :: atomic { rd[0]=a; LS(1,0)=b; LS(2,0)=c; LS(3,0)=d; LS(0,0)=h; cm[0]=0;
#if JOBS>1
                rd[1]=a2; LS(1,1)=b2; LS(2,1)=c2; LS(3,1)=d2; LS(0,1)=h2; cm[1]=0; a2=0; b2=0; c2=0; d2=0; h2=0;
#endif
                re=e; rebuilt=g; rrun=r; srv=1-srv; a=0; b=0; c=0; d=0; h=0; e=0; g=0; r=0;
                printf("Redis restarts with older contents, number %d\n", re) }
           :: skip fi
     :: skip fi
}
proctype Flush() { byte n;
  do :: atomic { n<F_FLUSH -> n++; wipe(); re=0; rebuilt=0; printf("FLUSHALL\n") } :: break od;
  n=0 }

/* ---- JobOperator ---- */
proctype Cancel() { byte f, e; bit go;
  if
  :: atomic { st[0]==WAIT -> e=NUM; want[0]=1; wl[0]=life[0]; f=fn[0]; printf("cancel noted, fence %d\n", f) };  /* request_cancel.sql */
     if :: F_API -> goto done :: skip fi;
     atomic { /* withdraw.lua */
       if
       :: HOLDS(e) && HAS(LEASED(0),f) -> cm[0]=cm[0]|B(f)
       :: HOLDS(e) && !HAS(LEASED(0),f) && (rebuilt || NO_REST_CANCEL) -> DEL(rd[0],f); go=1; printf("(0,%d) withdrawn\n", f)
       :: else
       fi };
     if :: F_API -> goto done :: skip fi;
     if :: go -> atomic { /* cancel_unheld.sql */
             if :: st[0]==WAIT && (CANCEL_NO_FENCE || fn[0]==f) ->
                   if :: LIVE(1,0,fn[0]) && wb[1] || LIVE(2,0,fn[0]) && wb[2] -> BAD(CANCRUN) :: else fi;
                   if :: wl[0]!=life[0] -> BAD(OLDCANCEL) :: else fi;
                   ended(0,CANC); raise(0); printf("job 0 is cancelled, nobody held it\n")
                :: else fi }
        :: else fi
  :: skip
  fi;
done: atomic { f=0; e=0; go=0 }
}
proctype Redrive() { byte e;
  if :: atomic { st[0]==DEAD || st[0]==CANC -> e=NUM; st[0]=WAIT; att[0]=0; cra[0]=0; bf[0]=0; ends[0]=0; life[0]++; printf("redrive\n");
#if !REDRIVE_NO_RAISE
          raise(0);
#endif
          if :: !NO_CLEAR -> want[0]=0 :: else fi };
        if :: atomic { if :: HOLDS(e) -> push(0,fn[0]) :: else fi } :: skip fi
     :: skip fi;
  e=0 }
#if F_EDIT
/* ---- JobEditor: hold.lua, edit_waiting.sql, settle.lua. While the row is changed the entry is leased to nobody; the editor
   may be slower than that lease, so the reaper may take the entry from it at any moment. ---- */
proctype Edit() { byte f, e; bit held, done;
  if
  :: atomic { st[0]==WAIT -> e=NUM; f=fn[0] };
     atomic { if :: HOLDS(e) && rebuilt && !HAS(LEASED(0),f) -> DEL(rd[0],f); EH(0)=EH(0)|B(f); held=1; printf("(0,%d) is held for a change\n", f)
                 :: else fi };
     if
     :: held && F_API                                                   /* dies */
     :: held ->
        atomic { if :: st[0]==WAIT && fn[0]==f && !want[0] -> stolen(0,f); raise(0); done=1; printf("job 0 is changed\n") :: else fi };
        if :: !done -> atomic { held=(st[0]==WAIT && fn[0]==f) } :: else fi;   /* the same entry goes back, unless it is stale */
        atomic { if :: HOLDS(e) ->
                       if :: HAS(EH(0),f) -> DEL(EH(0),f); DEL(cm[0],f); if :: !done && held -> rd[0]=rd[0]|B(f) :: else fi :: else fi;
                       if :: done -> push(0,f+1) :: else fi
                    :: else fi }
     :: else
     fi
  :: skip
  fi;
  atomic { f=0; e=0; held=0; done=0 }
}
#endif
#if F_EXPIRE
/* ---- Expirer: retract.lua, expire.sql ---- */
proctype Expirer() { byte f; bit leased;
  if
  :: atomic { st[0]==WAIT && dl[0] -> f=fn[0] };                        /* expired.sql */
     atomic { if :: ALIVE -> leased=(HAS(LEASED(0),f)!=0); if :: !leased -> DEL(rd[0],f) :: else fi :: else -> leased=0 fi };
     if :: F_API -> goto done :: skip fi;
     atomic { if :: !leased && st[0]==WAIT && fn[0]==f && dl[0] ->
                    if :: LIVE(1,0,f) && wb[1] || LIVE(2,0,f) && wb[2] -> BAD(CANCRUN) :: else fi;
                    ended(0,CANC); raise(0); printf("job 0 has expired\n")
                 :: else fi }
  :: skip
  fi;
done: atomic { f=0; leased=0 }
}
#endif
#if F_TWICE
proctype Dup() {
end_d: atomic { dpf!=0 -> if :: HOLDS(dpe) && HAS(LS(dpw,dpj),dpf-1) && (NO_CLAIM_ID || !dps) -> DEL(LS(dpw,dpj),dpf-1); rd[dpj]=rd[dpj]|B(dpf-1) :: else fi;
         dpf=0; dpw=0; dpe=0; dpj=0; dps=0 } }
#endif

/* Nothing moves any more. */
proctype Rest() {
  atomic { timeout && !AUDITABLE(0) && !AUDITABLE(LASTJOB) && !SWEEPABLE(0) && !SWEEPABLE(LASTJOB) ->
    if :: st[0]==WAIT || st[LASTJOB]==WAIT -> BAD(LOST) :: else fi;
    if :: rd[0]!=0 || rd[LASTJOB]!=0 || LEASED(0)!=0 || LEASED(LASTJOB)!=0 -> BAD(LITTER) :: else fi }
}

init { atomic {
#if F_EARLIER
  wk[0]=1;
#endif
#if F_LATEOPEN
  pe=2; re=2; run LateOpen();
#endif
#if OPEN_TWICE
  run Reopen();
#endif
  run Api(0);
#if JOBS>1
  run Api(1);
#endif
#if !NO_SWEEP
  run Sweeper(0);
#if JOBS>1
  run Sweeper(1);
#endif
#endif
  run Worker(1); run Worker(2); run Keeper(1); run Keeper(2); run Reaper(0); run Rebuilder(); run Auditor();
#if F_2REAP
  run Reaper(1);
#endif
#if F_2REB
  run Rebuilder();
#endif
#if F_ROLL
  run Roll();
#endif
#if F_FLUSH
  run Flush();
#endif
#if F_CANCEL
  run Cancel();
#endif
#if F_EDIT
  run Edit();
#endif
#if F_EXPIRE
  run Expirer();
#endif
#if F_REDRIVE
  run Redrive();
#endif
#if F_TWICE
  run Dup();
#endif
#if F_AHEAD
  run Promoter(); run Clock();
#endif
  run Rest()
} }
